//! What series say: levels, single values, trends; over many seeded series and by properties.

use dogwatch_engine::metrics::{
    ChangePoint, Direction, analyse, anomalies, change_points, summary, trend,
};
use dogwatch_model::Series;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

fn begin() -> Timestamp {
    "2026-01-02T10:00:00Z".parse().expect("a time")
}

fn at(index: i32) -> Timestamp {
    begin() + MINUTE * index
}

/// One sample per minute.
fn series(values: impl IntoIterator<Item = f64>) -> Series {
    let points = (0..).zip(values).map(|(index, value)| (at(index), value));
    Series {
        labels: Vec::new(),
        points: points.collect(),
    }
}

/// Normal noise from a seed: twelve uniform numbers, less their mean.
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let top = u32::try_from((bits ^ (bits >> 31)) >> 32).expect("32 bits");
        f64::from(top) / f64::from(u32::MAX)
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    fn series(seed: u64, shape: impl Fn(i32) -> f64, count: i32) -> Series {
        let mut noise = Noise(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
        series((0..count).map(|index| shape(index) + noise.normal()))
    }
}

/// Minutes between a change and where it was planted.
fn off(change: &ChangePoint, planted: i32) -> i64 {
    let distance = change.at.duration_since(at(planted)).as_mins();
    distance.abs()
}

#[test]
fn noise_alone_raises_no_alarm() {
    for count in [30, 60, 240] {
        let alarms = (0..1000)
            .filter(|seed| !change_points(&Noise::series(*seed, |_| 40.0, count)).is_empty());
        let alarms = alarms.count();
        assert!(alarms < 10, "{alarms} of 1000 series with {count} samples");
    }
}

#[test]
fn noise_that_a_sliding_average_smooths_raises_few_alarms() {
    let alarms = (0..1000).filter(|seed| {
        let raw = Noise::series(*seed, |_| 0.0, 124);
        let values: Vec<f64> = raw.points.iter().map(|(_, value)| *value).collect();
        let smooth = values.windows(5).map(|part| part.iter().sum::<f64>() / 5.0);
        !change_points(&series(smooth)).is_empty()
    });
    let alarms = alarms.count();
    assert!(alarms < 50, "{alarms} of 1000");
}

/// Noise of which each sample keeps a share of the one before: 1 is a random walk.
fn wandering(seed: u64, keeps: f64, count: usize) -> Series {
    let mut noise = Noise(seed.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let mut value = if keeps < 1.0 {
        noise.normal() / (1.0 - keeps * keeps).sqrt()
    } else {
        0.0
    };
    let values = core::iter::repeat_with(|| {
        value = keeps * value + noise.normal();
        value
    });
    series(values.take(count))
}

#[test]
fn what_wanders_by_itself_is_no_change() {
    for count in [60, 120, 240] {
        for keeps in [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0] {
            let alarms =
                (0..1000).filter(|seed| !change_points(&wandering(*seed, keeps, count)).is_empty());
            let alarms = alarms.count();
            assert!(
                alarms <= 5,
                "{alarms} of 500 with {count} samples that keep {keeps}"
            );
        }
    }
}

#[test]
fn half_an_hour_that_wanders_seldom_looks_like_a_change() {
    let alarms = (0..1000).filter(|seed| !change_points(&wandering(*seed, 1.0, 30)).is_empty());
    let alarms = alarms.count();
    assert!(alarms <= 50, "{alarms} of 1000");
}

#[test]
fn a_push_is_found_in_a_walk() {
    let found = (0..200).filter(|seed| {
        let mut walk = wandering(*seed, 1.0, 120);
        for (_, value) in &mut walk.points[60..] {
            *value += 20.0;
        }
        let changes = change_points(&walk);
        changes.iter().any(|change| off(change, 60) <= 8)
    });
    let found = found.count();
    assert!(found >= 160, "{found} of 200");
}

#[test]
fn a_step_is_found_behind_a_sliding_average() {
    let found = (0..1000).filter(|seed| {
        let shape = |index| if index < 62 { 30.0 } else { 35.0 };
        let raw = Noise::series(*seed, shape, 124);
        let values: Vec<f64> = raw.points.iter().map(|(_, value)| *value).collect();
        let smooth = values.windows(5).map(|part| part.iter().sum::<f64>() / 5.0);
        let changes = change_points(&series(smooth));
        changes.iter().any(|change| off(change, 60) <= 4)
    });
    let found = found.count();
    assert!(found >= 950, "{found} of 1000");
}

#[test]
fn a_step_is_found_where_it_is() {
    for (count, planted) in [(60, 30), (60, 50), (120, 10), (240, 236)] {
        let found = (0..1000).filter(|seed| {
            let shape = |index| if index < planted { 30.0 } else { 35.0 };
            let changes = change_points(&Noise::series(*seed, shape, count));
            changes.iter().any(|change| off(change, planted) <= 2)
        });
        let found = found.count();
        assert!(found >= 970, "{found} of 1000 at {planted} of {count}");
    }
}

#[test]
fn two_steps_are_two() {
    for seed in 0..200 {
        let shape = |index| match index {
            0..30 => 20.0,
            30..70 => 50.0,
            _ => 80.0,
        };
        let changes = change_points(&Noise::series(seed, shape, 120));
        let [first, second] = &changes[..] else {
            panic!("{changes:?}");
        };
        assert!(off(first, 30) <= 1 && off(second, 70) <= 1, "{changes:?}");
        assert!((first.before - 20.0).abs() < 2.0 && (second.after - 80.0).abs() < 2.0);
        assert!(first.at == first.until, "no ramp: {changes:?}");
    }
    let up_and_down = Noise::series(
        7,
        |index| {
            if (40..60).contains(&index) {
                60.0
            } else {
                40.0
            }
        },
        90,
    );
    assert_eq!(change_points(&up_and_down).len(), 2);
}

#[test]
fn the_beginning_of_a_ramp_is_found_roughly() {
    let mut near = 0;
    for seed in 0..200 {
        let shape = |index: i32| f64::from((index - 40).max(0)) * 1.5;
        let changes = change_points(&Noise::series(seed, shape, 80));
        // A few of them might as well be walks.
        let Some(first) = changes.first() else {
            continue;
        };
        near += u32::from(off(first, 40) <= 8);
        assert!(changes.len() <= 2, "a ramp is one change: {changes:?}");
        let last = changes.last().expect("there is one");
        assert!(last.after > 30.0 && first.before < 8.0, "{changes:?}");
    }
    assert!(near >= 190, "{near} of 200");
}

#[test]
fn single_spikes_and_flat_lines_are_no_change() {
    for seed in 0..200 {
        let shape = |index| if index == 33 { 500.0 } else { 40.0 };
        let spiked = Noise::series(seed, shape, 60);
        assert_eq!(change_points(&spiked), []);
        let named: Vec<Timestamp> = anomalies(&spiked).iter().map(|one| one.at).collect();
        assert_eq!(named, [at(33)]);
    }
    for flat in [0.0, 40.0, -1e9] {
        let said = analyse(&series([flat; 60]));
        assert!(said.change_points.is_empty() && said.anomalies.is_empty());
        assert_eq!(
            said.trend.map(|trend| trend.direction),
            Some(Direction::Flat)
        );
    }
    let lonely = series((0..60).map(|index| if index == 20 { 9.0 } else { 1.0 }));
    assert_eq!(change_points(&lonely), []);
}

#[test]
fn a_step_without_any_noise_is_found() {
    let clean = series((0..60).map(|index| if index < 25 { 0.0 } else { 3.0 }));
    let changes = change_points(&clean);
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(
        (changes[0].at, changes[0].before, changes[0].after),
        (at(25), 0.0, 3.0)
    );
}

#[test]
fn a_sample_on_the_way_is_no_level_of_its_own() {
    let shape = |index| match index {
        0..80 => 20.0 + if index % 9 == 0 { 0.4 } else { 0.0 },
        80 => 54.3,
        _ => 80.0,
    };
    let said = analyse(&series((0..120).map(shape)));
    let [change] = &said.change_points[..] else {
        panic!("{:?}", said.change_points);
    };
    assert_eq!((change.at, change.after), (at(80), 80.0));
    assert!(said.anomalies.iter().all(|one| one.at != at(80)));
}

#[test]
fn short_and_empty_series_say_nothing() {
    for count in 0..8_u32 {
        let short = series((0..count).map(f64::from));
        assert!(change_points(&short).len() <= usize::from(count >= 8));
        assert_eq!(trend(&short), None, "insufficient evidence");
    }
    let nothing = analyse(&series([f64::NAN, f64::INFINITY]));
    assert_eq!(nothing.summary, None, "no data is not zero");
    assert!(nothing.change_points.is_empty() && nothing.trend.is_none());
}

#[test]
fn numbers_count_gaps_of_both_kinds() {
    let mut gappy = series((0..20).map(f64::from));
    gappy.points[4].1 = f64::NAN;
    gappy.points.drain(10..13);
    let said = summary(&gappy).expect("there are samples");
    assert_eq!((said.samples, said.gaps), (16, 4));
    assert_eq!((said.min, said.max, said.last), (0.0, 19.0, 19.0));
    assert!(
        (said.average - 153.0 / 16.0).abs() < 1e-9,
        "{}",
        said.average
    );
    assert!(said.p95 > 17.0 && said.p95 <= 19.0);
}

#[test]
fn forecasts_follow_only_what_rises() {
    for seed in 0..200 {
        let rising = Noise::series(seed, |index| 40.0 + f64::from(index) * 0.2, 120);
        let said = trend(&rising).expect("enough samples");
        assert_eq!(said.direction, Direction::Rising, "seed {seed}");
        assert!((said.slope_per_hour - 12.0).abs() < 1.0, "{said:?}");
        let left = said.hours_to_threshold(80.0).expect("it gets there");
        assert!(
            (left - 80.0 / 60.0 * 60.0 / 60.0 - 0.02).abs() < 0.3,
            "{left}"
        );
        assert_eq!(said.hours_to_threshold(50.0), Some(0.0));
        assert_eq!(said.hours_to_threshold(1e6), None, "too far to say");
        let falling = trend(&Noise::series(seed, |index| 90.0 - f64::from(index), 60));
        let falling = falling.expect("enough samples");
        assert_eq!(falling.direction, Direction::Falling);
        assert_eq!(falling.hours_to_threshold(100.0), None);
        let flat = trend(&Noise::series(seed, |_| 79.0, 60)).expect("enough samples");
        assert_eq!(flat.direction, Direction::Flat, "seed {seed}");
        assert_eq!(flat.hours_to_threshold(80.0), None);
    }
}

#[test]
fn after_a_step_the_trend_is_that_of_the_new_level() {
    let stepped = Noise::series(3, |index| if index < 40 { 10.0 } else { 60.0 }, 80);
    let said = analyse(&stepped);
    let trend = said.trend.expect("enough samples");
    assert_eq!(trend.direction, Direction::Flat, "{trend:?}");
    assert_eq!(trend.since, said.change_points[0].at);
    assert!(
        said.anomalies.is_empty(),
        "a level is no anomaly: {:?}",
        said.anomalies
    );
}

fn walks() -> impl Strategy<Value = Vec<i16>> {
    let noise = proptest::collection::vec(-20_i16..20, 20..120);
    (noise, 0_usize..120, -200_i16..200).prop_map(|(mut values, from, step)| {
        values
            .iter_mut()
            .skip(from)
            .for_each(|value| *value += step);
        values
    })
}

proptest! {
    /// Whole numbers and factors that are powers of two are exact, so that equal means equal.
    #[test]
    fn shifting_and_scaling_moves_nothing_but_values(
        walk in walks(), shift in -10_000_i32..10_000, power in -8_i32..8,
    ) {
        let factor = 2.0_f64.powi(power);
        let plain = analyse(&series(walk.iter().map(|value| f64::from(*value))));
        let moved = walk.iter().map(|value| (f64::from(*value) + f64::from(shift)) * factor);
        let moved = analyse(&series(moved));
        let times = |list: &[ChangePoint]| {
            list.iter().map(|change| (change.at, change.until)).collect::<Vec<_>>()
        };
        prop_assert_eq!(times(&plain.change_points), times(&moved.change_points));
        for (one, other) in plain.change_points.iter().zip(&moved.change_points) {
            let wanted = (one.after + f64::from(shift)) * factor;
            prop_assert!((other.after - wanted).abs() <= 1e-6 * (1.0 + wanted.abs()));
            prop_assert!((other.sigmas - one.sigmas).abs() <= 1e-6 * (1.0 + one.sigmas));
        }
        let direction = |said: &dogwatch_engine::metrics::Analysis| said.trend.map(|trend| trend.direction);
        prop_assert_eq!(direction(&plain), direction(&moved));
        prop_assert_eq!(plain.anomalies.len(), moved.anomalies.len());
    }

    /// Whatever the values: no panic, times in order and inside the series.
    #[test]
    fn anything_can_be_analysed(values in proptest::collection::vec(any::<f64>(), 0..80)) {
        let all = series(values);
        let said = analyse(&all);
        let times: Vec<Timestamp> = said.change_points.iter().map(|change| change.at).collect();
        prop_assert!(times.is_sorted());
        prop_assert!(said.summary.is_none_or(|said| said.samples + said.gaps == all.points.len()));
    }
}
