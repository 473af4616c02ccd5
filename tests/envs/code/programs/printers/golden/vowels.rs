fn char_at(text: &str, i: i64) -> &str {
    &text[i as usize..i as usize + 1]
}

fn read_line() -> String {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    line.trim_end_matches('\n').to_string()
}

fn mark(text: &str, loud: bool) -> String {
    let mut line = "\"".to_string();
    let mut count: i64 = 0;
    for i in 0..text.len() as i64 {
        if text.as_bytes()[i as usize] == b'a' || text.as_bytes()[i as usize] == b'e' {
            count += 1;
            line.push_str(if loud { "$" } else { "\\" });
        } else if text.as_bytes()[i as usize] as i64 >= 97 {
            line.push_str(&((text.as_bytes()[i as usize] as i64 - 32) as u8 as char).to_string());
        } else {
            line.push_str(char_at(text, i));
        }
    }
    format!("{}{}", line, count)
}

fn main() {
    let text = read_line();
    let loud = read_line() == "true";
    println!("{}", mark(&text, loud));
}
