//! Reads the blocks, commands and preparations of a page of Markdown.

/// A command that a page shows, with its output.
#[derive(Debug)]
pub(crate) struct Command {
    /// The line of the page, from 1.
    pub(crate) line: usize,
    pub(crate) script: String,
    /// The lines of the page below the command.
    pub(crate) output: Vec<String>,
    /// The range of lines of the page that the output takes, from 0.
    pub(crate) range: std::ops::Range<usize>,
    /// Whether the next command of the block prints the exit code.
    pub(crate) may_fail: bool,
}

/// A step of the script of a page.
#[derive(Debug)]
pub(crate) enum Action {
    In(Vec<String>),
    Run(usize, String),
    File(String, String),
    Command(Command),
}

/// A fenced block.
#[derive(Debug)]
pub(crate) struct Block {
    /// The line of the fence, from 1.
    pub(crate) line: usize,
    pub(crate) info: String,
    pub(crate) content: String,
    /// Whether the script writes the block to a file.
    pub(crate) file: bool,
}

/// A page with the steps of its script.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) actions: Vec<Action>,
    blocks: Vec<Block>,
}

/// What a comment says about the next block.
enum Pending {
    File(String),
    Shows(String),
}

impl Page {
    pub(crate) fn read(name: &str, text: &str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let mut page = Self { name: name.to_owned(), text: text.to_owned(), actions: Vec::new(), blocks: Vec::new() };
        let mut pending = None;
        let mut at = 0;
        while at < lines.len() {
            let line = lines[at];
            if let Some(comment) = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->")) {
                match comment.split_once(": ") {
                    Some(("in", paths)) => {
                        let paths = paths.split(' ').filter(|path| *path != "empty").map(str::to_owned);
                        page.actions.push(Action::In(paths.collect()));
                    }
                    Some(("run", command)) => page.actions.push(Action::Run(at + 1, command.to_owned())),
                    Some(("file", path)) => pending = Some(Pending::File(path.to_owned())),
                    Some(("shows", command)) => pending = Some(Pending::Shows(command.to_owned())),
                    _ => {}
                }
            } else if let Some(info) = line.trim_start().strip_prefix("```") {
                let indent = line.len() - line.trim_start().len();
                let length = lines[at + 1..].iter().position(|line| line.trim() == "```");
                let end = at + 1 + length.unwrap_or_else(|| panic!("{name}:{}: the block does not end", at + 1));
                let content = &lines[at + 1..end];
                page.add(at + 1, info, content, pending.take(), indent);
                at = end;
            }
            at += 1;
        }
        assert!(pending.is_none(), "{name}: no block follows the last comment");
        page
    }

    fn add(&mut self, first: usize, info: &str, lines: &[&str], pending: Option<Pending>, indent: usize) {
        let content: String = lines.iter().map(|line| format!("{}\n", line.get(indent..).unwrap_or(""))).collect();
        let file = matches!(pending, Some(Pending::File(_)));
        match pending {
            Some(Pending::File(path)) => self.actions.push(Action::File(path, content.clone())),
            Some(Pending::Shows(script)) => self.actions.push(Action::Command(Command {
                line: first,
                script,
                output: content.lines().map(str::to_owned).collect(),
                range: first..first + lines.len(),
                may_fail: false,
            })),
            None if info == "console" => {
                assert!(indent == 0, "{}:{first}: a block of commands is not indented", self.name);
                self.add_commands(first, lines);
            }
            None => {}
        }
        self.blocks.push(Block { line: first, info: info.to_owned(), content, file });
    }

    /// Adds the commands of a `console` block whose content begins at a line (from 0).
    fn add_commands(&mut self, first: usize, lines: &[&str]) {
        let mut at = 0;
        while at < lines.len() {
            let line = first + at + 1;
            let Some(command) = lines[at].strip_prefix("$ ") else {
                panic!("{}:{line}: the block does not begin with a command", self.name)
            };
            let mut script = command.to_owned();
            at += 1;
            while let Some(more) = lines.get(at).and_then(|line| line.strip_prefix("> ")) {
                script = format!("{script}\n{more}");
                at += 1;
            }
            let length = lines[at..].iter().position(|line| line.starts_with("$ ")).unwrap_or(lines.len() - at);
            self.actions.push(Action::Command(Command {
                line,
                script,
                output: lines[at..at + length].iter().map(|line| (*line).to_owned()).collect(),
                range: first + at..first + at + length,
                may_fail: lines.get(at + length) == Some(&"$ echo $?"),
            }));
            at += length;
        }
    }

    pub(crate) fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter()
    }

    /// Returns the inline code that begins with `karat` and an option or a subcommand, with its
    /// line.
    pub(crate) fn inline(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        let mut inside = false;
        let mut paragraph = String::new();
        let mut start = 1;
        for (number, line) in (1..).zip(self.text.lines().chain([""])) {
            if line.trim_start().starts_with("```") {
                inside = !inside;
            }
            if inside || line.trim().is_empty() || line.trim_start().starts_with("```") {
                let codes = paragraph.split('`').skip(1).step_by(2).map(|code| code.replace('\n', " "));
                found.extend(codes.filter(|code| code.starts_with("karat ")).map(|code| (start, code)));
                paragraph.clear();
                start = number + 1;
            } else {
                paragraph = format!("{paragraph}{line}\n");
            }
        }
        found
    }
}
