//! Reading a message as its published definition has it: which elements in which order, how many, and what may stand in
//! them. The definitions themselves stand in [`super::definitions`].

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use roxmltree::{Document, Node, ParsingOptions};

use crate::form::BadField;

/// The longest message that is read, in bytes: a real one has three thousand.
pub(super) const MAX_BYTES: usize = 64 * 1024;
/// The most elements, texts and attributes it may have.
const MAX_NODES: u32 = 4_000;
/// How deep its elements may stand in one another: the definitions themselves go no deeper than a dozen.
const MAX_DEPTH: usize = 32;
/// The most faults that are named.
const MAX_FAULTS: usize = 50;

/// Parses a message: well-formed, within the limits, and without a DTD, so that nothing in it can expand or lead
/// elsewhere.
pub(super) fn parse(body: &[u8]) -> Result<Document<'_>, BadField> {
    let fault = |detail: &str| BadField { pointer: String::new(), detail: detail.to_owned() };
    if body.len() > MAX_BYTES {
        return Err(fault(&format!("a message has at most {MAX_BYTES} bytes")));
    }
    let text = std::str::from_utf8(body).map_err(|_| fault("expected XML in UTF-8"))?;
    if is_deep(text) {
        return Err(fault(&format!("elements stand at most {MAX_DEPTH} deep in one another")));
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => fault("a message has no DTD"),
        roxmltree::Error::NodesLimitReached => fault("a message has fewer elements"),
        error => {
            let at = error.pos();
            fault(&format!("expected XML; line {}, column {} is not well-formed", at.row, at.col))
        }
    })
}

/// Whether tags stand deeper in one another than they may, without building anything of them yet.
fn is_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let end = rest.find('>').unwrap_or(rest.len());
        let tag = &rest[..end];
        match tag.as_bytes().first() {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!' | b'?') | None => {}
            Some(_) if tag.ends_with('/') => {}
            Some(_) => depth += 1,
        }
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

/// What stands in an element.
pub(super) enum Shape {
    /// One to so many characters.
    Text(usize),
    /// One of these words.
    Code(&'static [&'static str]),
    /// One to four characters: a code of a list that is kept outside the definitions.
    ExternalCode,
    /// `ISODateTime`.
    Moment,
    /// `ISODate`.
    Date,
    /// `true` or `false`.
    Truth,
    /// Digits.
    Number,
    /// An amount with its currency.
    Money,
    /// These elements in this order.
    Sequence(&'static [Child]),
    /// One of these elements.
    Choice(&'static [Child]),
    /// Not looked into.
    Anything,
}

/// An element in its place.
pub(super) struct Child {
    name: &'static str,
    at_least: usize,
    at_most: usize,
    shape: &'static Shape,
}

const MANY: usize = usize::MAX;

/// Exactly one.
pub(super) const fn one(name: &'static str, shape: &'static Shape) -> Child {
    Child { name, at_least: 1, at_most: 1, shape }
}

/// At most one.
pub(super) const fn maybe(name: &'static str, shape: &'static Shape) -> Child {
    Child { name, at_least: 0, at_most: 1, shape }
}

/// Any number.
pub(super) const fn any_number(name: &'static str, shape: &'static Shape) -> Child {
    Child { name, at_least: 0, at_most: MANY, shape }
}

/// At least one.
#[cfg(test)]
pub(super) const fn one_or_more(name: &'static str, shape: &'static Shape) -> Child {
    Child { name, at_least: 1, at_most: MANY, shape }
}

/// Notes everything about `node` that its definition does not allow.
pub(super) fn check(node: Node<'_, '_>, shape: &Shape, place: &str, faults: &mut Vec<BadField>) {
    if faults.len() >= MAX_FAULTS {
        return;
    }
    let mut fault =
        |detail: &str| faults.push(BadField { pointer: place.to_owned(), detail: detail.to_owned() });
    let text = text_of(node);
    match shape {
        Shape::Text(most) if text.is_empty() || text.chars().count() > *most => {
            fault(&format!("expected 1 to {most} characters"));
        }
        Shape::Code(words) if !words.contains(&text) => {
            fault(&format!("expected one of {}", words.join(", ")));
        }
        Shape::ExternalCode if text.is_empty() || text.len() > 4 => {
            fault("expected a code of at most 4 characters");
        }
        Shape::Moment if !is_moment(text) => fault("expected an ISO 8601 date and time"),
        Shape::Date if NaiveDate::parse_from_str(text, "%Y-%m-%d").is_err() => fault("expected a date"),
        Shape::Truth if !matches!(text, "true" | "false" | "1" | "0") => fault("expected true or false"),
        Shape::Number
            if text.is_empty() || text.len() > 15 || !text.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            fault("expected 1 to 15 digits");
        }
        Shape::Money if !is_amount(text) || !node.attribute("Ccy").is_some_and(is_currency) => {
            fault("expected an amount of at most 18 digits, 5 of them decimal, and its currency in Ccy");
        }
        Shape::Sequence(children) => sequence(node, children, place, faults),
        Shape::Choice(children) => {
            let given: Vec<Node<'_, '_>> = elements(node).collect();
            let known = given.first().and_then(|first| named(children, *first));
            match (known, given.as_slice()) {
                (Some(child), [first, ..])
                    if given.len() <= child.at_most
                        && given.iter().all(|node| node.tag_name() == first.tag_name()) =>
                {
                    let place = format!("{place}/{}", child.name);
                    given.into_iter().for_each(|given| check(given, child.shape, &place, faults));
                }
                _ => {
                    let names: Vec<&str> = children.iter().map(|child| child.name).collect();
                    fault(&format!("expected one of {}", names.join(", ")));
                }
            }
        }
        Shape::Text(_)
        | Shape::Code(_)
        | Shape::ExternalCode
        | Shape::Moment
        | Shape::Date
        | Shape::Truth
        | Shape::Number
        | Shape::Money
        | Shape::Anything => {}
    }
}

fn sequence(node: Node<'_, '_>, children: &[Child], place: &str, faults: &mut Vec<BadField>) {
    let mut given = elements(node).peekable();
    for child in children {
        let place = format!("{place}/{}", child.name);
        let mut count = 0;
        while let Some(found) = given.next_if(|found| is_named(*found, child.name, node)) {
            count += 1;
            check(found, child.shape, &place, faults);
        }
        if count < child.at_least {
            faults.push(BadField { pointer: place, detail: "is required here".to_owned() });
        } else if count > child.at_most {
            faults.push(BadField { pointer: place, detail: "is given too often".to_owned() });
        }
    }
    if given.next().is_some() {
        let detail = "holds an element that its definition does not have, or not in this place";
        faults.push(BadField { pointer: place.to_owned(), detail: detail.to_owned() });
    }
}

fn named<'c>(children: &'c [Child], node: Node<'_, '_>) -> Option<&'c Child> {
    children.iter().find(|child| node.parent().is_some_and(|parent| is_named(node, child.name, parent)))
}

/// A message is of one namespace throughout.
fn is_named(node: Node<'_, '_>, name: &str, parent: Node<'_, '_>) -> bool {
    node.tag_name().name() == name && node.tag_name().namespace() == parent.tag_name().namespace()
}

fn elements<'a, 'input>(node: Node<'a, 'input>) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(Node::is_element)
}

/// The element at the end of a path.
pub(super) fn at<'a, 'input>(node: Node<'a, 'input>, path: &[&str]) -> Option<Node<'a, 'input>> {
    path.iter().try_fold(node, |node, name| elements(node).find(|child| child.tag_name().name() == *name))
}

/// All elements of that name in `node`.
pub(super) fn all<'a, 'input>(
    node: Node<'a, 'input>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    elements(node).filter(move |child| child.tag_name().name() == name)
}

pub(super) fn text_of<'a>(node: Node<'a, '_>) -> &'a str {
    node.text().unwrap_or_default().trim()
}

fn is_moment(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok()
        || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok()
}

fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_amount(text: &str) -> bool {
    let (whole, decimal) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = whole.len() + decimal.len() <= 18 && decimal.len() <= 5;
    fits && !whole.is_empty() && digits(whole) && digits(decimal) && !text.ends_with('.')
}
