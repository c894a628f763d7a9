//! A line of blocks that draws a series of values in a terminal.

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Returns one block for each value, scaled from the lowest to the highest value. An undefined
/// value is a dot. A `┊` stands before each index in `cuts`, since the values on both sides of it
/// cannot be compared.
pub fn sparkline(values: &[Option<f64>], cuts: &[usize]) -> String {
    let defined = || values.iter().flatten().copied();
    let (low, high) = (defined().fold(f64::INFINITY, f64::min), defined().fold(f64::NEG_INFINITY, f64::max));
    let block = |value: f64| {
        if high <= low {
            return BLOCKS[3];
        }
        let step = ((value - low) / (high - low) * 7.0).round();
        BLOCKS[(step as usize).min(7)]
    };
    let mut line = String::new();
    for (at, value) in values.iter().enumerate() {
        if at > 0 && cuts.contains(&at) {
            line.push('┊');
        }
        line.push(value.map_or('·', block));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::sparkline;

    #[test]
    fn values_are_scaled_and_cut() {
        let values = [Some(0.0), Some(0.5), Some(1.0), None, Some(0.25)];
        assert_eq!(sparkline(&values, &[2]), "▁▅┊█·▃");
        assert_eq!(sparkline(&[Some(0.3), Some(0.3)], &[]), "▄▄");
        assert_eq!(sparkline(&[None], &[0]), "·");
        assert_eq!(sparkline(&[], &[]), "");
    }
}
