//! Newton's method safeguarded by bisection.

/// Maximum number of iterations. It exceeds the bisections that exhaust the digits of a double, for
/// functions on which Newton steps do not converge.
const MAX_ITERATIONS: usize = 200;

/// Finds the root of a function between `low` and `high`. `step` returns the Newton step from a
/// point; its sign shows on which side the root lies. A step outside the bracket is replaced by its
/// midpoint.
pub(super) fn solve(start: f64, (mut low, mut high): (f64, f64), step: impl Fn(f64) -> f64) -> f64 {
    let mut at = start;
    for _ in 0..MAX_ITERATIONS {
        let step = step(at);
        if step > 0.0 {
            low = at;
        } else if step < 0.0 {
            high = at;
        } else {
            return at;
        }
        let mut next = at + step;
        if !(low <= next && next <= high && next.is_finite()) {
            next = f64::midpoint(low, high.min(f64::MAX));
        }
        if (next - at).abs() <= 1e-15 * next.abs() {
            return next;
        }
        at = next;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::solve;

    #[test]
    fn steps_that_lead_astray_are_not_taken() {
        assert!((solve(1.0, (0.0, 9.0), |x| (2.0 - x * x) / (2.0 * x)) - 2.0_f64.sqrt()).abs() < 1e-15);
        // From here, plain Newton steps for the arc tangent diverge.
        let step = |x: f64| -(x - 0.3).atan() * (1.0 + (x - 0.3).powi(2));
        assert!((solve(90.0, (-100.0, 100.0), step) - 0.3).abs() < 1e-14);
        // A function without slope.
        let flat = |x: f64| if x < 0.25 { f64::INFINITY } else { f64::NEG_INFINITY };
        assert!((solve(0.9, (0.0, 1.0), flat) - 0.25).abs() < 1e-15);
    }
}
