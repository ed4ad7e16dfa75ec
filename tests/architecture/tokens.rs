//! Rust source as tokens, as far as finding paths takes.

/// The tokens of a source without comments, literals and the items that only tests have: identifiers, `::`,
/// and single characters for the rest.
pub fn tokens(text: &str) -> Vec<String> {
    without_tests(all_tokens(text))
}

fn all_tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut tokens = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        match at(i) {
            '/' if at(i + 1) == '/' => {
                while i < chars.len() && at(i) != '\n' {
                    i += 1;
                }
            }
            '/' if at(i + 1) == '*' => {
                let mut depth = 0;
                loop {
                    match (at(i), at(i + 1)) {
                        ('/', '*') => (depth, i) = (depth + 1, i + 2),
                        ('*', '/') => (depth, i) = (depth - 1, i + 2),
                        _ => i += 1,
                    }
                    if depth == 0 || i >= chars.len() {
                        break;
                    }
                }
            }
            '"' => i = end_of_string(&chars, i),
            '\'' if at(i + 1) == '\\' => {
                i += 3;
                while i < chars.len() && at(i) != '\'' {
                    i += 1;
                }
                i += 1;
            }
            '\'' if at(i + 2) == '\'' => i += 3,
            ':' if at(i + 1) == ':' => {
                tokens.push("::".to_owned());
                i += 2;
            }
            c if is_name(c) => {
                let start = i;
                while is_name(at(i)) {
                    i += 1;
                }
                let name: String = chars[start..i].iter().collect();
                match (name.as_str(), at(i)) {
                    ("r" | "br" | "cr", '"' | '#') if at(i) == '"' || "\"#".contains(at(i + 1)) => {
                        i = end_of_raw_string(&chars, i);
                    }
                    // A raw identifier goes by its name.
                    ("r", '#') => i += 1,
                    _ => tokens.push(name),
                }
            }
            c if c.is_whitespace() => i += 1,
            c => {
                tokens.push(c.to_string());
                i += 1;
            }
        }
    }
    tokens
}

fn end_of_string(chars: &[char], quote: usize) -> usize {
    let mut i = quote + 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

fn end_of_raw_string(chars: &[char], start: usize) -> usize {
    let hashes = chars[start..].iter().take_while(|&&c| c == '#').count();
    let end: String = format!("\"{}", "#".repeat(hashes));
    let rest: String = chars[start + hashes + 1..].iter().collect();
    let length = rest.find(&end).map_or(rest.len(), |at| at + end.len());
    start + hashes + 1 + rest[..length].chars().count()
}

/// The place after the bracket that closes the one at `open`.
pub fn after_bracket(tokens: &[String], open: usize) -> usize {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate().skip(open) {
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => (),
        }
        if depth == 0 {
            return i + 1;
        }
    }
    tokens.len()
}

/// The tokens without the items that only tests have.
fn without_tests(tokens: Vec<String>) -> Vec<String> {
    let mut kept = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let is_attribute = tokens[i] == "#" && tokens.get(i + 1).is_some_and(|next| next == "[");
        if !is_attribute {
            kept.push(tokens[i].clone());
            i += 1;
            continue;
        }
        let end = after_bracket(&tokens, i + 1);
        let attribute = &tokens[i + 2..end - 1];
        let has = |name: &str| attribute.iter().any(|token| token == name);
        i = end;
        if has("cfg") && has("test") && !has("not") {
            // To the end of the item: a semicolon, or a block.
            while i < tokens.len() && tokens[i] != ";" {
                match tokens[i].as_str() {
                    "{" => break,
                    "(" | "[" => i = after_bracket(&tokens, i),
                    _ => i += 1,
                }
            }
            i = match tokens.get(i).map(String::as_str) {
                Some("{") => after_bracket(&tokens, i),
                _ => i + 1,
            };
        }
    }
    kept
}
