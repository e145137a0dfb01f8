//! The name of this installation.

use dogwatch_model::ports::store::StoreError;

use super::sql::{Tx, corrupt};

/// The name; the proposed one when there is none yet.
pub(super) async fn name(tx: &mut Tx, proposed: &str) -> Result<String, StoreError> {
    let sql = "INSERT INTO installations (id, name) VALUES (1, $1) ON CONFLICT DO NOTHING";
    tx.run(sql, &[proposed.into()]).await?;
    let row = tx
        .row("SELECT name FROM installations WHERE id = 1", &[])
        .await?;
    row.ok_or_else(|| corrupt(&"the name of the installation"))?
        .text(0)
}
