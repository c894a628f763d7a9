//! Names of countries, their inhabitants and their adjectives, so that `Portuguese` is not reported
//! as a name missing from a text about Portugal.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// One country or region per line: its name, then related words; single lower-case words without
/// plurals in -s.
const TABLE: &str = "\
afghanistan afghan
africa african
albania albanian
algeria algerian
angola angolan
arabia arab arabian
argentina argentine argentinian
armenia armenian
asia asian
australia australian
austria austrian
azerbaijan azerbaijani azeri
bahrain bahraini
bangladesh bangladeshi
belarus belarusian
belgium belgian
bhutan bhutanese
bolivia bolivian
bosnia bosnian
brazil brazilian
bulgaria bulgarian
burma burmese myanmar
cambodia cambodian
cameroon cameroonian
canada canadian
chechnya chechen
chile chilean
china chinese
colombia colombian
congo congolese
croatia croat croatian
cuba cuban
cyprus cypriot
czechia czech
denmark danish dane
ecuador ecuadorian
egypt egyptian
england english
estonia estonian
ethiopia ethiopian
europe european
finland finnish finn
france french
georgia georgian
germany german
ghana ghanaian
greece greek
greenland greenlandic greenlander
guatemala guatemalan
haiti haitian
honduras honduran
hungary hungarian
iceland icelandic icelander
india indian
indonesia indonesian
iran iranian
iraq iraqi
ireland irish
israel israeli
italy italian
jamaica jamaican
japan japanese
jordan jordanian
kazakhstan kazakh
kenya kenyan
kosovo kosovar
kuwait kuwaiti
kyrgyzstan kyrgyz
laos laotian lao
latvia latvian
lebanon lebanese
libya libyan
lithuania lithuanian
macedonia macedonian
malaysia malaysian
mali malian
malta maltese
mexico mexican
moldova moldovan
mongolia mongolian
montenegro montenegrin
morocco moroccan
mozambique mozambican
namibia namibian
nepal nepalese nepali
netherlands dutch
niger nigerien
nigeria nigerian
norway norwegian
pakistan pakistani
palestine palestinian
panama panamanian
paraguay paraguayan
peru peruvian
philippines filipino philippine
poland polish pole
portugal portuguese
qatar qatari
romania romanian
russia russian
rwanda rwandan
saudi saudis
scotland scottish scot
senegal senegalese
serbia serbian serb
singapore singaporean
slovakia slovak slovakian
slovenia slovene slovenian
somalia somali
spain spanish spaniard
sudan sudanese
sweden swedish swede
switzerland swiss
syria syrian
taiwan taiwanese
tajikistan tajik
tanzania tanzanian
thailand thai
tunisia tunisian
turkey turkish turk türkiye turkiye
turkmenistan turkmen
uganda ugandan
uk british britain briton
ukraine ukrainian
uruguay uruguayan
us usa america american
uzbekistan uzbek
venezuela venezuelan
vietnam vietnamese
wales welsh
yemen yemeni
zambia zambian
zimbabwe zimbabwean
";

static COUNTRIES: LazyLock<FxHashMap<&str, &str>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter_map(|line| Some((line, line.split(' ').next()?)));
    lines.flat_map(|(line, country)| line.split(' ').map(move |word| (word, country))).collect()
});

/// Returns the country that a folded word refers to, or the word itself if there is none.
pub(super) fn country_of(word: &str) -> &str {
    let singular = || word.strip_suffix('s').and_then(|word| COUNTRIES.get(word));
    COUNTRIES.get(word).or_else(singular).copied().unwrap_or(word)
}

/// Maps two words that name a country to one word of the table.
pub(super) fn country_of_pair(first: &str, second: &str) -> Option<&'static str> {
    match (first, second) {
        ("united", "states") => Some("us"),
        ("united", "kingdom") | ("great", "britain") => Some("uk"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{COUNTRIES, TABLE, country_of};

    #[test]
    fn people_and_adjectives_lead_to_their_country() {
        assert_eq!(country_of("portuguese"), "portugal");
        assert_eq!(country_of("austrians"), country_of("austria"));
        assert_eq!(country_of("americans"), "us");
        assert_eq!(country_of("lavrov"), "lavrov");
    }

    #[test]
    fn every_word_has_one_country() {
        let words = TABLE.lines().map(|line| line.split(' ').count()).sum::<usize>();
        assert_eq!(COUNTRIES.len(), words);
    }
}
