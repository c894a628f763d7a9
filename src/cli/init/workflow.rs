//! The workflow for GitHub Actions that `karat init` writes.

use super::super::args::plugin::Language;
use super::files::STARTER;

/// Returns the workflow, which runs the extractors of a pull request and judges them against the
/// baselines of the branch that the change goes to. It takes the steps of the action of this
/// repository (action.yml) that need no permission to write.
pub(super) fn workflow(language: Option<Language>) -> String {
    let build = match language {
        Some(Language::Rust) => {
            format!("      - run: cargo build --release --manifest-path {}/Cargo.toml\n", STARTER.0)
        }
        _ => String::new(),
    };
    WORKFLOW.replace("      # build\n", &build)
}

const WORKFLOW: &str = r#"# Runs the extractors of karat.toml on every pull request and judges them by the rules of [gate].
name: karat

on: pull_request

permissions:
  contents: read

jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      # No registry has a package of karat yet, so it is built from its repository: set the variable
      # KARAT_REPOSITORY (Settings, Secrets and variables, Actions, Variables) to the address of that.
      # A runner that has `karat` on its PATH needs no variable.
      - name: install karat
        env:
          KARAT_REPOSITORY: ${{ vars.KARAT_REPOSITORY }}
        run: |
          if command -v karat; then exit 0; fi
          if [ -z "$KARAT_REPOSITORY" ]; then
            echo "::error::karat is not installed here: set the variable KARAT_REPOSITORY to the address of its repository"
            exit 1
          fi
          cargo install --locked --git "$KARAT_REPOSITORY" karat
      # build
      - run: karat check
      - run: karat run || [ $? -eq 5 ]      # 5: documents failed, which the gate judges
      - run: karat gate --base "origin/${{ github.base_ref }}" --format github --write md="$RUNNER_TEMP/gate.md"
      - if: always()
        run: if [ -f "$RUNNER_TEMP/gate.md" ]; then cat "$RUNNER_TEMP/gate.md" >>"$GITHUB_STEP_SUMMARY"; fi
"#;
