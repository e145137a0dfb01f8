//! Answers of the query API: vectors, scalars and matrices.

use std::collections::BTreeMap;

use dogwatch_model::{MAX_POINTS, MAX_SERIES, Series, ports::Sample};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// The frame of every answer.
#[derive(Deserialize)]
pub(super) struct Answer<T> {
    pub(super) status: String,
    pub(super) data: Option<T>,
    pub(super) error: Option<String>,
}

/// What a query gives.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Data {
    result_type: String,
    result: serde_json::Value,
}

#[derive(Deserialize)]
struct VectorSample {
    #[serde(default)]
    metric: BTreeMap<String, String>,
    value: Point,
}

#[derive(Deserialize)]
struct MatrixSeries {
    #[serde(default)]
    metric: BTreeMap<String, String>,
    /// Absent where the series holds histograms alone.
    #[serde(default)]
    values: Vec<Point>,
}

/// Time in seconds and the value as text.
type Point = (serde_json::Number, String);

/// `None` when the answer is of another type or a value is no number.
pub(super) fn samples(data: Option<Data>) -> Option<Vec<Sample>> {
    let Data {
        result_type,
        result,
    } = data?;
    match result_type.as_str() {
        "vector" => {
            let vector: Vec<VectorSample> = serde_json::from_value(result).ok()?;
            let sample = |sample: VectorSample| {
                let value = value(&sample.value.1)?;
                Some(Sample {
                    labels: sample.metric.into_iter().collect(),
                    value,
                })
            };
            vector.into_iter().map(sample).collect()
        }
        "scalar" => {
            let point: Point = serde_json::from_value(result).ok()?;
            Some(vec![Sample {
                labels: Vec::new(),
                value: value(&point.1)?,
            }])
        }
        _ => None,
    }
}

/// Why a matrix cannot be used.
pub(super) enum BadMatrix {
    /// Another type, or a value that is no number.
    Strange,
    /// More than is kept.
    TooLarge,
}

/// The series of a matrix, in the order of the answer.
pub(super) fn series(data: Option<Data>) -> Result<Vec<Series>, BadMatrix> {
    let data = data.ok_or(BadMatrix::Strange)?;
    if data.result_type != "matrix" {
        return Err(BadMatrix::Strange);
    }
    let matrix: Vec<MatrixSeries> =
        serde_json::from_value(data.result).map_err(|_| BadMatrix::Strange)?;
    let is_long = |one: &MatrixSeries| one.values.len() > MAX_POINTS;
    if matrix.len() > MAX_SERIES || matrix.iter().any(is_long) {
        return Err(BadMatrix::TooLarge);
    }
    matrix
        .into_iter()
        .map(|one| {
            let points: Option<Vec<_>> = one.values.iter().map(point).collect();
            Ok(Series {
                labels: one.metric.into_iter().collect(),
                points: points.ok_or(BadMatrix::Strange)?,
            })
        })
        .collect()
}

fn point(point: &Point) -> Option<(Timestamp, f64)> {
    let since = SignedDuration::try_from_secs_f64(point.0.as_f64()?).ok()?;
    Some((Timestamp::from_duration(since).ok()?, value(&point.1)?))
}

/// A value as Prometheus writes it.
pub(super) fn value(text: &str) -> Option<f64> {
    match text {
        "+Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        text => text.parse().ok(),
    }
}
