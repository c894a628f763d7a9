//! Loads static word vectors from a folder that the user names: the files of a Model2Vec model
//! (`tokenizer.json`, `model.safetensors`, `config.json`), read by the crate model2vec-rs. karat
//! never downloads a model.
//!
//! The crate has many dependencies, so it is behind the feature `embeddings`. Without the feature,
//! [`load_embeddings`] returns an error that explains how to enable it.

use std::path::Path;

use crate::error::Diagnostic;
use crate::metric::embedding::Embedder;
use crate::metric::options::SummaryOptions;

/// Loads the model from a folder.
///
/// # Errors
/// Fails if a file is missing or malformed, and in a build without the feature `embeddings`.
#[cfg(feature = "embeddings")]
pub fn load_embeddings(folder: &Path) -> Result<Embedder, Diagnostic> {
    model::load(folder).map(Embedder::new)
}

/// Returns an error, because this build lacks the feature `embeddings`.
///
/// # Errors
/// Always fails.
#[cfg(not(feature = "embeddings"))]
pub fn load_embeddings(folder: &Path) -> Result<Embedder, Diagnostic> {
    let diagnostic = Diagnostic::new("this karat was built without embeddings").in_file(folder);
    Err(diagnostic.help("build it with `cargo install --path . --features embeddings`"))
}

/// Loads the model that the options name, by a path relative to `folder`.
///
/// # Errors
/// Fails if the model cannot be loaded, as [`load_embeddings`] does, or if a requested metric needs
/// word vectors and the options name no model.
pub fn load_embeddings_of(options: &mut SummaryOptions, folder: &Path) -> Result<(), Diagnostic> {
    if let Some(model) = options.embeddings.as_ref().map(|model| folder.join(model)) {
        options.embedder = Some(load_embeddings(&model)?);
    }
    match options.without_embeddings() {
        Some(metric) => Err(Diagnostic::new(format!("`summary.{metric}` needs word vectors, but no folder is named"))
            .help("name the folder of a Model2Vec model: `--embeddings DIR`, or `[summaries] embeddings = \"DIR\"`")),
        None => Ok(()),
    }
}

#[cfg(feature = "embeddings")]
mod model {
    use std::fs;
    use std::path::Path;

    use model2vec_rs::model::StaticModel;
    use sha2::{Digest, Sha256};

    use crate::error::Diagnostic;
    use crate::metric::embedding::Embed;

    pub(super) struct Model {
        vectors: StaticModel,
        signature: String,
    }

    pub(super) fn load(folder: &Path) -> Result<Model, Diagnostic> {
        let [tokenizer, weights, config] = ["tokenizer.json", "model.safetensors", "config.json"].map(|name| {
            let file = folder.join(name);
            fs::read(&file).map_err(|error| {
                let diagnostic = Diagnostic::io("read the word vectors", &file, &error);
                diagnostic.help("a Model2Vec folder has `tokenizer.json`, `model.safetensors` and `config.json`")
            })
        });
        let (tokenizer, weights, config) = (tokenizer?, weights?, config?);
        let mut hash = Sha256::new();
        [&tokenizer, &weights, &config].iter().for_each(|bytes| hash.update(bytes));
        let digest: String = hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let vectors = StaticModel::from_bytes(tokenizer, weights, config, None).map_err(|error| {
            let diagnostic = Diagnostic::new(format!("this is not a Model2Vec model: {error:#}")).in_file(folder);
            diagnostic.help("`tokenizer.json`, `model.safetensors` and `config.json` must belong to one model")
        })?;
        Ok(Model { signature: format!("model2vec-{digest}-{}d", vectors.dim()), vectors })
    }

    impl Embed for Model {
        fn vector(&self, text: &str) -> Vec<f32> {
            // No maximum length: the whole summary is encoded.
            self.vectors.encode_flat_with_args(&[text.to_owned()], None)
        }

        fn signature(&self) -> &str {
            &self.signature
        }
    }
}
