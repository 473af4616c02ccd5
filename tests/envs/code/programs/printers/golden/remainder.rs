fn read_line() -> String {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    line.trim_end_matches('\n').to_string()
}

fn main() {
    let a: i64 = read_line().parse().unwrap();
    let b: i64 = read_line().parse().unwrap();
    println!("{}", (a + b).rem_euclid(7));
}
