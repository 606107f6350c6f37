//! Operators and their tokens.

use super::*;

#[tokio::test]
async fn a_token_leads_to_its_operator_of_every_post() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    let posts = [
        Post::Dispatcher,
        Post::Supervisor,
        Post::StationOfficer(StationId::new("150203001")),
        Post::Source("CMCC".to_owned()),
        Post::Auditor,
        Post::Admin,
    ];
    for (number, post) in (0_u8..).zip(posts) {
        let operator = Operator {
            id: OperatorId::new(now()),
            name: format!("operator-{number}"),
            post,
            created_at: now(),
        };
        operators::insert(&mut tx, &operator).await.unwrap();
        operators::insert_token(&mut tx, operator.id, &[number; 32], now()).await.unwrap();
        assert_eq!(operators::of_token(&mut tx, &[number; 32]).await.unwrap(), Some(operator.clone()));
        assert_eq!(operators::id_of(&mut tx, &operator.name).await.unwrap(), Some(operator.id));
    }
    assert_eq!(operators::of_token(&mut tx, &[99; 32]).await.unwrap(), None);
}
