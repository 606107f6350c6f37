//! Synthetic people: names, numbers and homes that pass their checks and belong to nobody.

use domain::incident::Location;
use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

/// A person who does not exist.
#[derive(Debug, Clone)]
pub struct Person {
    /// Two or three characters.
    pub name: String,
    /// Eleven digits.
    pub phone: String,
    /// Eighteen characters with a valid check (GB 11643).
    pub id_number: String,
    /// In years.
    pub age: u8,
    /// Division, neighbourhood, building and flat.
    pub address: String,
    /// GB/T 2260.
    pub division_code: &'static str,
    /// Within a kilometre of the neighbourhood's middle.
    pub location: Location,
    /// The one they pay from.
    pub card: Card,
}

/// A bank card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// `ICBC`, `ABC`, `CCB` or `BOC`.
    pub bank_code: &'static str,
    /// Nineteen digits that pass the Luhn check.
    pub number: String,
}

/// A neighbourhood people live in.
struct Place {
    division_code: &'static str,
    division: &'static str,
    street: &'static str,
    lat: f64,
    lon: f64,
    /// Its part of the city's people, in thousandths.
    weight: u32,
}

const fn place(
    division_code: &'static str,
    division: &'static str,
    street: &'static str,
    (lat, lon): (f64, f64),
    weight: u32,
) -> Place {
    Place { division_code, division, street, lat, lon, weight }
}

/// One neighbourhood for each station area of the map; the weights follow the divisions' populations,
/// roughly.
const PLACES: [Place; 19] = [
    place("150202", "东河区", "南门外大街", (40.574, 110.022), 70),
    place("150202", "东河区", "环城路", (40.570, 110.080), 55),
    place("150202", "东河区", "铁西", (40.612, 110.060), 60),
    place("150203", "昆都仑区", "友谊大街", (40.657, 109.840), 110),
    place("150203", "昆都仑区", "钢铁大街", (40.660, 109.780), 100),
    place("150203", "昆都仑区", "北沙梁", (40.700, 109.828), 80),
    place("150204", "青山区", "自由路", (40.656, 109.893), 70),
    place("150204", "青山区", "富强路", (40.660, 109.942), 65),
    place("150204", "青山区", "兵工路", (40.695, 109.905), 60),
    place("150205", "石拐区", "大德恒", (40.700, 110.280), 15),
    place("150206", "白云鄂博矿区", "通阳道", (41.770, 109.970), 10),
    place("150207", "九原区", "建华南路", (40.600, 109.930), 60),
    place("150207", "九原区", "麻池", (40.590, 109.750), 45),
    place("150221", "土默特右旗", "萨拉齐", (40.570, 110.520), 60),
    place("150221", "土默特右旗", "美岱召", (40.570, 110.760), 30),
    place("150222", "固阳县", "金山", (41.030, 110.060), 40),
    place("150222", "固阳县", "下湿壕", (41.020, 110.350), 20),
    place("150223", "达尔罕茂明安联合旗", "百灵庙", (41.700, 110.430), 35),
    place("150223", "达尔罕茂明安联合旗", "满都拉", (42.400, 110.150), 15),
];

/// How far a home lies from its neighbourhood's middle at most, in degrees: less than a kilometre.
const HOME_WITHIN_DEGREES: f64 = 0.008;

/// The year ages are counted to.
const BIRTH_YEARS_TO: u16 = 2026;

/// Victims' ages (Ministry of Public Security, 2024: mean 37; 18-40 62.1%, 41-65 33.1%): from, to, and
/// the share in thousandths.
const AGES: [(u8, u8, u32); 4] = [(14, 17, 18), (18, 40, 621), (41, 65, 331), (66, 82, 30)];

/// Bank and issuer number: all these cards have nineteen digits.
const ISSUERS: [(&str, &str); 8] = [
    ("ICBC", "622202"),
    ("ICBC", "621226"),
    ("ABC", "622848"),
    ("ABC", "622845"),
    ("CCB", "622700"),
    ("CCB", "621700"),
    ("BOC", "621660"),
    ("BOC", "621661"),
];

const MOBILE_PREFIXES: [&str; 12] =
    ["134", "136", "138", "139", "147", "150", "151", "158", "159", "182", "187", "188"];

const SURNAMES: [&str; 30] = [
    "王", "李", "张", "刘", "赵", "陈", "杨", "郭", "高", "孙", "马", "白", "武", "韩", "云", "苏", "乔",
    "任", "石", "温", "段", "贾", "薛", "康", "吕", "田", "侯", "党", "燕", "包",
];

const GIVEN: [&str; 40] = [
    "芳", "强", "伟", "敏", "静", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "超", "霞", "平", "刚",
    "桂英", "秀兰", "建国", "志强", "海燕", "晓东", "雪梅", "玉兰", "文静", "浩然", "雨桐", "子轩", "欣怡",
    "国栋", "春梅", "丽华", "俊杰", "婷婷", "小龙", "凤英", "永胜", "佳怡", "宇航",
];

/// Somebody of this city.
pub fn person(rng: &mut StdRng) -> Person {
    let place = weighted(rng, &PLACES, |place| place.weight);
    let (youngest, oldest, _) = *weighted(rng, &AGES, |(_, _, share)| *share);
    let age = rng.random_range(youngest..=oldest);
    let mut near = |middle: f64| middle + rng.random_range(-HOME_WITHIN_DEGREES..=HOME_WITHIN_DEGREES);
    let location = Location { lat: rounded(near(place.lat)), lon: rounded(near(place.lon)) };
    let (building, unit, flat) = (
        rng.random_range(1..=40),
        rng.random_range(1..=4),
        rng.random_range(1..=6) * 100 + rng.random_range(1..=3),
    );
    Person {
        name: name(rng),
        phone: mobile(rng),
        id_number: id_number(rng, place.division_code, age),
        age,
        address: format!("{}{}{building}号楼{unit}单元{flat}", place.division, place.street),
        division_code: place.division_code,
        location,
        card: card(rng),
    }
}

/// A name.
pub fn name(rng: &mut StdRng) -> String {
    let [surname, given] = [SURNAMES.choose(rng), GIVEN.choose(rng)];
    [surname, given].into_iter().flatten().copied().collect()
}

/// A mobile number of this city's range.
pub fn mobile(rng: &mut StdRng) -> String {
    let prefix = MOBILE_PREFIXES.choose(rng).copied().unwrap_or_default();
    format!("{prefix}472{:05}", rng.random_range(0..100_000))
}

/// A card of one of the four banks.
pub fn card(rng: &mut StdRng) -> Card {
    let (bank_code, issuer) = ISSUERS[rng.random_range(0..ISSUERS.len())];
    let body = format!("{issuer}{:012}", rng.random_range(0..1_000_000_000_000_u64));
    let check = luhn_check(&body);
    Card { bank_code, number: format!("{body}{check}") }
}

/// Somebody close to `person`: `{"name","relation","phone"}`.
pub fn relative(rng: &mut StdRng, person: &Person) -> Value {
    let relation = match person.age {
        ..18 => "parent",
        18..60 => "spouse",
        60.. => "child",
    };
    json!({"name": name(rng), "relation": relation, "phone": mobile(rng)})
}

/// One of `choices`, more often the heavier ones.
pub(crate) fn weighted<'a, T>(rng: &mut StdRng, choices: &'a [T], weight: impl Fn(&T) -> u32) -> &'a T {
    let total: u32 = choices.iter().map(&weight).sum();
    let mut left = rng.random_range(0..total.max(1));
    for choice in choices {
        match left.checked_sub(weight(choice)) {
            Some(rest) => left = rest,
            None => return choice,
        }
    }
    &choices[0]
}

fn rounded(degrees: f64) -> f64 {
    (degrees * 1e5).round() / 1e5
}

fn id_number(rng: &mut StdRng, division_code: &str, age: u8) -> String {
    let year = BIRTH_YEARS_TO - u16::from(age);
    let (month, day) = (rng.random_range(1..=12), rng.random_range(1..=28));
    let body = format!("{division_code}{year}{month:02}{day:02}{:03}", rng.random_range(1..=999));
    format!("{body}{}", id_check(&body))
}

/// The check character of GB 11643 (ISO 7064 MOD 11-2), by the standard's table of weights.
fn id_check(body: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    let digits = body.bytes().map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    CHECKS[sum as usize % CHECKS.len()]
}

/// The last digit of a card (ISO/IEC 7812).
fn luhn_check(body: &str) -> u32 {
    let sum: u32 = body
        .bytes()
        .rev()
        .map(|byte| u32::from(byte - b'0'))
        .zip([2, 1].into_iter().cycle())
        .map(|(digit, factor)| digit * factor)
        .map(|product| product / 10 + product % 10)
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use domain::account::AccountNumber;
    use domain::person::{Line, PhoneNumber, ResidentId};
    use domain::station::Stations;
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn everybodys_numbers_pass_their_checks() {
        let mut rng = StdRng::seed_from_u64(1);
        for _ in 0..500 {
            let person = person(&mut rng);
            assert!(ResidentId::parse(&person.id_number).unwrap().checks());
            assert!(AccountNumber::parse(&person.card.number).unwrap().luhn_checks());
            assert_eq!(PhoneNumber::parse(&person.phone).unwrap().line(), Line::Mobile);
            assert!(person.id_number.starts_with(person.division_code));
        }
    }

    #[test]
    fn friendship_street_belongs_to_its_own_station() {
        let map = include_str!("../../../config/stations.geojson");
        let stations = Stations::parse(map, "150223002").unwrap();
        let example = Location::new(40.6571, 109.8403);
        let station = stations.responsible(example, None, &[]);
        assert_eq!(station.id.as_str(), "150203001");
    }

    #[test]
    fn everybody_lives_in_the_area_of_a_station_of_their_division() {
        let map = include_str!("../../../config/stations.geojson");
        // the duty station is far away: only an area answers for a place
        let stations = Stations::parse(map, "150223002").unwrap();
        let mut rng = StdRng::seed_from_u64(2);
        for _ in 0..2_000 {
            let person = person(&mut rng);
            let station = stations.responsible(Some(person.location), None, &[]);
            assert_eq!(station.division_code.as_str(), person.division_code, "{}", person.address);
        }
    }
}
