//! A service that tells of capacity without Nodes.

use dogwatch_adapters::{Token, serverless::HttpServerless};
use dogwatch_model::ports::{PoolError, Refused, Serverless, ServerlessReader as _};

use crate::server::{Reply, Server};

async fn ask(reply: Reply) -> Result<Option<Serverless>, PoolError> {
    let server = Server::start([reply]).await;
    let service = HttpServerless::new(server.address(), Some(Token::new("very-secret"))).unwrap();
    let answer = service.serverless().await;
    assert_eq!(server.paths(), ["/serverless"]);
    assert_eq!(server.header("authorization"), ["Bearer very-secret"]);
    assert!(!format!("{service:?} {answer:?}").contains("very-secret"));
    answer
}

#[tokio::test]
async fn what_the_service_tells_is_read() {
    let told = r#"{"serverless":{"labels":{"a/burst":"on"},"node":"virtual-1","price":"1 EUR per hour",
        "free":{"cpu":"2500m","pods":"3"},"largestPod":{"cpu":"4"},"refuses":["host-network","gpu-sharing"]}}"#;
    let known = ask(Reply::ok(told)).await.unwrap().unwrap();
    assert_eq!(known.labels["a/burst"], "on");
    assert_eq!(known.free.get("cpu").unwrap().milli(), 2500);
    assert_eq!(known.largest_pod.get("cpu").unwrap().units(), 4);
    assert_eq!(known.refuses, [Refused::HostNetwork, Refused::Other]);
    let little = ask(Reply::ok(r#"{"serverless":{"labels":{}}}"#)).await;
    assert_eq!(little, Ok(Some(Serverless::default())));
    let none = ask(Reply::ok(r#"{"serverless":null}"#)).await;
    assert_eq!(none, Ok(None));
}

#[tokio::test]
async fn other_answers_are_no_capacity_and_no_absence_of_it() {
    for body in ["{}", "[]", "<html>", r#"{"serverless":{"node":"x"}}"#] {
        let answer = ask(Reply::ok(body)).await;
        assert!(matches!(answer, Err(PoolError::Unknown(_))), "{body}");
    }
    let refused = ask(Reply::status(403, "no")).await;
    assert!(matches!(refused, Err(PoolError::Refused(_))));
    let broken = ask(Reply::status(502, "later")).await;
    assert!(matches!(broken, Err(PoolError::Unknown(_))));
    assert!(HttpServerless::new("ftp://x", None).is_err());
}
