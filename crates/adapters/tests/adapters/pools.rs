//! A service that makes Nodes: what a new pool is asked for with.

use dogwatch_adapters::{NodePassword, Token, node_pools::HttpNodePoolWriter};
use dogwatch_model::{
    plan::{NODE_PASSWORD, PoolShape},
    ports::{NewPool, NodePoolWriter as _, PoolError, PoolMachines},
};
use serde_json::Value;

use crate::server::{Reply, Server};

fn shape(password_from: Option<&str>) -> PoolShape {
    PoolShape {
        flavor: "c7.large.2".to_owned(),
        password_from: password_from.map(str::to_owned),
        ..PoolShape::default()
    }
}

async fn make(writer: &HttpNodePoolWriter, shape: &PoolShape) -> Result<(), PoolError> {
    let new = NewPool {
        name: "wide",
        machines: PoolMachines::Shape(shape),
        nodes: 2,
    };
    writer.create(new, "key-1").await
}

#[tokio::test]
async fn a_password_is_sent_where_the_shape_asks_for_it_and_nowhere_else() {
    let server = Server::start([Reply::ok("{}"), Reply::ok("{}")]).await;
    let token = Some(Token::new("very-secret"));
    let writer = HttpNodePoolWriter::new(server.address(), token).unwrap();
    let writer = writer.with_password(NodePassword::new("Abcdefg1").ok());
    make(&writer, &shape(Some(NODE_PASSWORD))).await.unwrap();
    make(&writer, &shape(None)).await.unwrap();
    let bodies = server.bodies();
    let bodies: Vec<Value> = bodies
        .iter()
        .map(|body| serde_json::from_str(body).unwrap())
        .collect();
    assert_eq!(bodies[0]["password"], "Abcdefg1");
    assert_eq!(bodies[0]["shape"]["passwordFrom"], NODE_PASSWORD);
    assert_eq!(bodies[1].get("password"), None);
    assert_eq!(server.header("idempotency-key"), ["key-1", "key-1"]);
    assert!(!format!("{writer:?}").contains("Abcdefg1"));
}

#[tokio::test]
async fn without_a_password_or_in_the_clear_nothing_is_asked_for() {
    let server = Server::start([]).await;
    let writer = HttpNodePoolWriter::new(server.address(), None).unwrap();
    let none = make(&writer, &shape(Some(NODE_PASSWORD))).await;
    assert!(
        matches!(&none, Err(PoolError::Refused(why)) if why.contains(NODE_PASSWORD)),
        "{none:?}"
    );
    let open = HttpNodePoolWriter::new("http://pools.example", None).unwrap();
    let open = open.with_password(NodePassword::new("Abcdefg1").ok());
    let clear = make(&open, &shape(Some(NODE_PASSWORD))).await;
    assert!(
        matches!(&clear, Err(PoolError::Refused(why)) if why.contains("https")),
        "{clear:?}"
    );
    assert!(server.paths().is_empty());
}
