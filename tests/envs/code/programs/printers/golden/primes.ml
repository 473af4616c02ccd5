let floor_div a b =
    if a >= 0 then
        a / b
    else
        (a + 1) / b - 1

let sorted numbers =
    let copy = Array.copy numbers in
    Array.sort compare copy;
    copy

let read_list () =
    let words = String.split_on_char ' ' (read_line ()) in
    Array.of_list (List.map int_of_string (List.filter (( <> ) "") words))

let is_prime n =
    let exception Return of bool in
    try
        if n < 2 then
            false
        else begin
            let i = ref 2 in
            while !i * !i <= n do
                if n mod !i = 0 then
                    raise (Return false);
                incr i
            done;
            true
        end
    with Return value -> value

let halved_primes numbers =
    let primes = ref [||] in
    for i = 0 to Array.length numbers - 1 do
        if is_prime numbers.(i) then
            primes := Array.append !primes [|numbers.(i)|]
    done;
    for i = 1 to Array.length !primes - 1 do
        !primes.(i) <- floor_div !primes.(i) 2
    done;
    sorted !primes

let () =
    let numbers = read_list () in
    print_endline (String.concat " " (List.map string_of_int (Array.to_list (halved_primes numbers))))
