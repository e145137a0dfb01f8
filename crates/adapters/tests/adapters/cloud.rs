//! A service that speaks for machines, cluster, addresses and scanner.

use dogwatch_adapters::{
    Token,
    cloud::{HttpCloud, HttpCloudWriter},
};
use dogwatch_model::ports::{
    Cloud, CloudAct, CloudOrder, CloudReader as _, CloudWriter as _, PoolError, bound_to,
};

use crate::server::{Reply, Server};

async fn ask(reply: Reply) -> Result<Cloud, PoolError> {
    let server = Server::start([reply]).await;
    let service = HttpCloud::new(server.address(), Some(Token::new("very-secret"))).unwrap();
    let answer = service.cloud().await;
    assert_eq!(server.paths(), ["/cloud"]);
    assert_eq!(server.header("authorization"), ["Bearer very-secret"]);
    assert!(!format!("{service:?} {answer:?}").contains("very-secret"));
    answer
}

#[tokio::test]
async fn what_the_service_tells_is_read_and_anything_else_is_no_answer() {
    let told = r#"{"cloud":{"cluster":{"id":"c","state":"available"},
        "machines":[{"id":"m","node":"n1","state":"running","startedAt":"1","more":1}]}}"#;
    let cloud = ask(Reply::ok(told)).await.unwrap();
    assert_eq!(cloud.machine_of("n1").unwrap().id, "m");
    for body in [
        "{}",
        "[]",
        "<html>",
        r#"{"cloud":{"machines":[{"id":"m"}]}}"#,
    ] {
        let answer = ask(Reply::ok(body)).await;
        assert!(matches!(answer, Err(PoolError::Unknown(_))), "{body}");
    }
    let refused = ask(Reply::status(403, "no")).await;
    assert!(matches!(refused, Err(PoolError::Refused(_))));
    let broken = ask(Reply::status(502, "later")).await;
    assert!(matches!(broken, Err(PoolError::Unknown(_))));
    assert!(HttpCloud::new("ftp://x", None).is_err());
}

#[tokio::test]
async fn every_act_has_a_place_of_its_own_and_carries_its_key() {
    let places = [
        (CloudAct::RebootMachine, "/machines/a%2Fb/reboot"),
        (CloudAct::ResetMachine, "/machines/a%2Fb/reboot"),
        (CloudAct::StartMachine, "/machines/a%2Fb/start"),
        (CloudAct::StopMachine, "/machines/a%2Fb/stop"),
        (CloudAct::DeleteMachine, "/machines/a%2Fb/delete"),
        (CloudAct::HibernateCluster, "/clusters/a%2Fb/hibernate"),
        (CloudAct::AwakeCluster, "/clusters/a%2Fb/awake"),
        (CloudAct::BindAddress, "/addresses/a%2Fb/bind"),
        (CloudAct::UnbindAddress, "/addresses/a%2Fb/unbind"),
        (CloudAct::MarkVulnerability, "/vulnerabilities/a%2Fb/mark"),
    ];
    assert_eq!(places.map(|(act, _)| act), CloudAct::ALL);
    for (act, path) in places {
        let server = Server::start([Reply::ok("{}")]).await;
        let service = HttpCloudWriter::new(server.address(), None).unwrap();
        let order = CloudOrder {
            act,
            id: "a/b",
            to: &bound_to("c"),
        };
        service.act(order, "plan-1/1").await.unwrap();
        assert_eq!(server.paths(), [path]);
        assert_eq!(server.header("idempotency-key"), ["plan-1/1"]);
    }
    let server = Server::start([Reply::status(409, "not while it runs")]).await;
    let service = HttpCloudWriter::new(server.address(), None).unwrap();
    let order = CloudOrder {
        act: CloudAct::DeleteMachine,
        id: "m",
        to: "gone",
    };
    let refused = service.act(order, "k").await.unwrap_err().to_string();
    assert!(refused.contains("not while it runs"), "{refused}");
}
