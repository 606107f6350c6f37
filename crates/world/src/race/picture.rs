//! The race as a picture (SVG): on the left the share of money held against how long an order lies on the desk, on the
//! right what each desk of the race held and what got away.

use super::{Assumptions, Desk, Race, Rules, runs, schemes, standing};

/// The delays the curve is drawn through, in seconds.
const DELAYS_SECS: [f64; 15] =
    [0.05, 0.3, 1.0, 3.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 2_700.0, 3_600.0];
/// The shortest and the longest delay shown, in seconds; the axis is logarithmic.
const SHORTEST_SECS: f64 = 0.05;
const LONGEST_SECS: f64 = 3_600.0;
/// What is written at the axis of delays.
const DELAY_MARKS: [(f64, &str); 8] = [
    (0.1, "0.1 s"),
    (1.0, "1 s"),
    (10.0, "10 s"),
    (60.0, "1 min"),
    (120.0, "2"),
    (600.0, "10 min"),
    (1_800.0, "30"),
    (3_600.0, "1 h"),
];
/// The picture, the curve's plot and the bars in it, in units of the picture.
const WIDTH: f64 = 1_000.0;
const HEIGHT: f64 = 480.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 610.0;
const TOP: f64 = 116.0;
const BOTTOM: f64 = 388.0;
const BARS_LEFT: f64 = 690.0;
const BARS_RIGHT: f64 = 964.0;
/// Bars are as thick as there is room, up to this.
const BAR_MAX: f64 = 22.0;
const HELD: &str = "#1d4f91";
const GONE: &str = "#d9d4cb";
const DESK: &str = "#b3361f";
const INK: &str = "#222222";
const FAINT: &str = "#6b6b6b";
const RULE: &str = "#e4e4e4";

/// Draws the curve through many delays with the desks of the race on it, and a bar for each desk.
#[must_use]
pub fn picture(race: &Race, assumptions: &Assumptions, rules: &Rules) -> String {
    let schemes = schemes(race.seed, assumptions);
    let lying = |secs: f64| Desk { name: String::new(), first_secs: secs, next_hop_secs: secs };
    let curve: Vec<Point> = DELAYS_SECS
        .iter()
        .map(|secs| {
            let runs = runs(&schemes, &lying(*secs), rules);
            let standing = standing(&lying(*secs), &runs, &runs);
            Point { secs: *secs, share: standing.share, give_or_take: standing.give_or_take }
        })
        .collect();
    let reached = curve.iter().map(|point| point.share + point.give_or_take);
    let desks = race.desks.iter().map(|standing| standing.share);
    let plot = Plot { top: (reached.chain(desks).fold(0.1, f64::max) * 10.0).ceil().min(10.0) / 10.0 };
    let mut lines = vec![
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="'Noto Sans','Helvetica Neue',Arial,sans-serif" font-size="13">"#
        ),
        format!(r##"<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>"##),
        text(
            LEFT,
            36.0,
            Anchor::Start,
            20,
            INK,
            "The race for the money: how much a stop-payment desk still holds",
        ),
        text(
            LEFT,
            60.0,
            Anchor::Start,
            13,
            FAINT,
            &format!(
                "{} simulated victims paid {:.2} million yuan; the same victims, mules and banks for every desk (seed {})",
                race.cases,
                super::million(race.paid),
                race.seed
            ),
        ),
        text(LEFT, TOP - 20.0, Anchor::Start, 13, INK, "Share of the paid money that is held, %"),
        text(BARS_LEFT, TOP - 20.0, Anchor::Start, 13, INK, "What each desk held, % of what was paid"),
    ];
    lines.extend(plot.grid());
    lines.extend(plot.curve(&curve));
    for standing in &race.desks {
        lines.extend(plot.dot(standing.desk.first_secs, standing.share, &standing.desk.name));
    }
    lines.extend(bars(race));
    lines.extend(legend());
    lines.push("</svg>\n".to_owned());
    lines.join("\n")
}

/// A point of the curve.
struct Point {
    secs: f64,
    share: f64,
    give_or_take: f64,
}

/// Where things stand in the plot; `top` is the largest share shown.
struct Plot {
    top: f64,
}

impl Plot {
    fn x(secs: f64) -> f64 {
        let way = (secs.clamp(SHORTEST_SECS, LONGEST_SECS) / SHORTEST_SECS).ln();
        LEFT + (RIGHT - LEFT) * way / (LONGEST_SECS / SHORTEST_SECS).ln()
    }

    fn y(&self, share: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * share.max(0.0) / self.top
    }

    fn grid(&self) -> Vec<String> {
        let tenths = (self.top * 10.0).round() as usize;
        let mut lines = vec![];
        for tenth in 0..=tenths {
            let y = self.y(tenth as f64 / 10.0);
            lines.push(rule(LEFT, y, RIGHT, y));
            lines.push(text(LEFT - 10.0, y + 4.0, Anchor::End, 12, FAINT, &(tenth * 10).to_string()));
        }
        for (secs, mark) in DELAY_MARKS {
            let x = Self::x(secs);
            lines.push(rule(x, BOTTOM, x, BOTTOM + 5.0));
            lines.push(text(x, BOTTOM + 21.0, Anchor::Middle, 12, FAINT, mark));
        }
        let middle = f64::midpoint(LEFT, RIGHT);
        let axis = "How long an order lies on the desk before it leaves, for each account (logarithmic)";
        lines.push(text(middle, BOTTOM + 44.0, Anchor::Middle, 12, INK, axis));
        lines
    }

    fn curve(&self, curve: &[Point]) -> [String; 2] {
        let at = |secs: f64, share: f64| format!("{:.1},{:.1}", Self::x(secs), self.y(share));
        let upper = curve.iter().map(|point| at(point.secs, point.share + point.give_or_take));
        let lower = curve.iter().rev().map(|point| at(point.secs, point.share - point.give_or_take));
        let band: Vec<String> = upper.chain(lower).collect();
        let line: Vec<String> = curve.iter().map(|point| at(point.secs, point.share)).collect();
        [
            format!(r#"<polygon points="{}" fill="{HELD}" fill-opacity="0.14"/>"#, band.join(" ")),
            format!(
                r#"<polyline points="{}" fill="none" stroke="{HELD}" stroke-width="2.5" stroke-linejoin="round"/>"#,
                line.join(" ")
            ),
        ]
    }

    fn dot(&self, secs: f64, share: f64, name: &str) -> [String; 2] {
        let (x, y) = (Self::x(secs), self.y(share));
        [
            format!(
                r##"<circle cx="{x:.1}" cy="{y:.1}" r="6" fill="{DESK}" stroke="#ffffff" stroke-width="1.5"/>"##
            ),
            text(x + 9.0, y - 10.0, Anchor::Start, 13, INK, name),
        ]
    }
}

/// A bar for each desk: what it held, and the rest, which got away.
fn bars(race: &Race) -> Vec<String> {
    let room = (BOTTOM - TOP) / race.desks.len().max(1) as f64;
    let thick = (room * 0.4).min(BAR_MAX);
    let wide = BARS_RIGHT - BARS_LEFT;
    let mut lines = vec![];
    for (place, standing) in race.desks.iter().enumerate() {
        let y = TOP + room * (place as f64 + 0.5);
        let held = wide * standing.share.clamp(0.0, 1.0);
        lines.push(text(BARS_LEFT, y - 6.0, Anchor::Start, 13, INK, &standing.desk.name));
        let told = format!("{:.1} ± {:.1}", standing.share * 100.0, standing.give_or_take * 100.0);
        lines.push(text(BARS_RIGHT, y - 6.0, Anchor::End, 13, INK, &told));
        lines.push(bar(BARS_LEFT, y, wide, thick, GONE));
        lines.push(bar(BARS_LEFT, y, held, thick, HELD));
    }
    lines
}

fn legend() -> Vec<String> {
    let y = HEIGHT - 16.0;
    let swatch = |x: f64, colour: &str| bar(x, y - 10.0, 22.0, 10.0, colour);
    let said = |x: f64, words: &str| text(x, y, Anchor::Start, 12, FAINT, words);
    vec![
        format!(r#"<circle cx="{}" cy="{}" r="5" fill="{DESK}"/>"#, LEFT + 5.0, y - 5.0),
        said(LEFT + 18.0, "a desk of the race"),
        swatch(LEFT + 150.0, HELD).replace("/>", r#" fill-opacity="0.3"/>"#),
        said(LEFT + 180.0, "where the true share lies, with 95 %"),
        swatch(BARS_LEFT, HELD),
        said(BARS_LEFT + 30.0, "held"),
        swatch(BARS_LEFT + 90.0, GONE),
        said(BARS_LEFT + 120.0, "got away"),
    ]
}

fn bar(x: f64, y: f64, wide: f64, high: f64, colour: &str) -> String {
    format!(r#"<rect x="{x:.1}" y="{y:.1}" width="{wide:.1}" height="{high:.1}" fill="{colour}"/>"#)
}

fn rule(from_x: f64, from_y: f64, to_x: f64, to_y: f64) -> String {
    format!(r#"<line x1="{from_x:.1}" y1="{from_y:.1}" x2="{to_x:.1}" y2="{to_y:.1}" stroke="{RULE}"/>"#)
}

enum Anchor {
    Start,
    Middle,
    End,
}

fn text(x: f64, y: f64, anchor: Anchor, size: u8, colour: &str, words: &str) -> String {
    let anchor = match anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">{words}</text>"#
    )
}
