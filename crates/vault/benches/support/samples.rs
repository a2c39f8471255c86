//! Figures of many runs, and whether two lots of them can be told apart.

use std::fmt;

/// Seconds, in order.
pub(crate) struct Samples(Vec<f64>);

/// What two lots say about each other.
pub(crate) struct Compared {
    /// Of the means, relative to the first.
    pub(crate) difference: f64,
    /// The Kolmogorov-Smirnov statistic: the greatest distance of the two distributions.
    pub(crate) statistic: f64,
    /// How often two lots from one distribution are at least so far apart.
    pub(crate) p_value: f64,
}

impl Samples {
    pub(crate) fn of(mut seconds: Vec<f64>) -> Self {
        seconds.sort_by(f64::total_cmp);
        Self(seconds)
    }

    fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }

    fn deviation(&self) -> f64 {
        let mean = self.mean();
        let squares: f64 = self.0.iter().map(|value| (value - mean).powi(2)).sum();
        (squares / (self.0.len() as f64 - 1.0)).sqrt()
    }

    pub(crate) fn percentile(&self, percent: f64) -> f64 {
        let at = (percent / 100.0 * self.0.len() as f64).ceil() as usize;
        self.0[at.clamp(1, self.0.len()) - 1]
    }

    pub(crate) fn compare(&self, other: &Self) -> Compared {
        let share = |samples: &[f64], value: f64| {
            samples.partition_point(|sample| *sample <= value) as f64 / samples.len() as f64
        };
        let statistic = (self.0.iter().chain(&other.0))
            .map(|value| (share(&self.0, *value) - share(&other.0, *value)).abs())
            .fold(0.0, f64::max);
        let (n, m) = (self.0.len() as f64, other.0.len() as f64);
        let effective = (n * m / (n + m)).sqrt();
        Compared {
            difference: other.mean() / self.mean() - 1.0,
            statistic,
            // Stephens' correction for small samples.
            p_value: kolmogorov((effective + 0.12 + 0.11 / effective) * statistic),
        }
    }
}

/// The chance that the limit of the statistic is above `x`.
fn kolmogorov(x: f64) -> f64 {
    if x < 0.2 {
        return 1.0;
    }
    let sum: f64 = (1..=100)
        .map(|k| {
            let sign = if k % 2 == 1 { 1.0 } else { -1.0 };
            sign * (-2.0 * f64::from(k).powi(2) * x * x).exp()
        })
        .sum();
    (2.0 * sum).clamp(0.0, 1.0)
}

impl fmt::Display for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [mean, deviation, p50, p99] = [
            self.mean(),
            self.deviation(),
            self.percentile(50.0),
            self.percentile(99.0),
        ]
        .map(|seconds| seconds * 1e3);
        write!(
            f,
            "mean {mean:.2} ms, standard deviation {deviation:.2}, p50 {p50:.2}, p99 {p99:.2}"
        )
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "means differ by {:+.2} %, Kolmogorov-Smirnov D = {:.3}, p = {:.3}",
            self.difference * 100.0,
            self.statistic,
            self.p_value
        )
    }
}
