//! Made-up texts for benches: words are drawn from 2,000 made-up ones by a Zipf-like law, lines
//! have 20 words; the hypothesis repeats about half of the reference, in pieces.

/// A small generator, so that the texts are the same on every machine.
pub struct Draw(pub u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn word(&mut self) -> String {
        let most = self.below(2_000) + 1;
        let mut rank = self.below(most);
        let ending = ["", "s", "ing", "ation", "ed", "ly"][(rank % 6) as usize];
        let mut word = String::new();
        while word.len() < 3 || rank > 0 {
            word.push(char::from(b"bcdfghklmnprst"[(rank % 14) as usize]));
            rank /= 14;
            word.push(char::from(b"aeiou"[(rank % 5) as usize]));
            rank /= 5;
        }
        word + ending
    }
}

fn text(words: &[String]) -> String {
    words.chunks(20).map(|line| line.join(" ") + ".").collect::<Vec<_>>().join("\n")
}

/// A reference and a hypothesis of a given number of words.
pub fn pair(draw: &mut Draw, reference: usize, hypothesis: usize) -> (String, String) {
    let words: Vec<String> = (0..reference).map(|_| draw.word()).collect();
    let mut other: Vec<String> = Vec::new();
    while other.len() < hypothesis {
        let at = draw.below(reference as u64 - 5) as usize;
        other.extend_from_slice(&words[at..at + 5]);
        other.extend((0..5).map(|_| draw.word()));
    }
    other.truncate(hypothesis);
    (text(&words), text(&other))
}
