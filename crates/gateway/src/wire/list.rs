//! Bounded lists in requests.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::openapi::{ArrayBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::reading::{Place, Read, Reading};

/// A list of at most `MAX` items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct List<T, const MAX: usize>(pub Vec<T>);

impl<T: Read, const MAX: usize> Read for List<T, MAX> {
    fn read(place: &Place<'_>, reading: &mut Reading) -> Option<Self> {
        place.list(MAX, reading).map(Self)
    }
}

/// The items as the domain has them; a list that is missing or null is empty.
pub(crate) fn items<T: Into<D>, D, const MAX: usize>(list: Option<List<T, MAX>>) -> Vec<D> {
    list.into_iter().flat_map(|List(items)| items).map(Into::into).collect()
}

impl<T: ToSchema, const MAX: usize> PartialSchema for List<T, MAX> {
    fn schema() -> RefOr<Schema> {
        ArrayBuilder::new().items(Ref::from_schema_name(T::name())).max_items(Some(MAX)).into()
    }
}

impl<T: ToSchema, const MAX: usize> ToSchema for List<T, MAX> {
    fn name() -> Cow<'static, str> {
        format!("{}List", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((T::name().into(), T::schema()));
        T::schemas(schemas);
    }
}
