use v5.12;
use warnings;

sub floor_div {
    my ($x, $y) = @_;
    return ($x - $x % $y) / $y;
}

sub sorted {
    my ($list) = @_;
    return [sort { $a <=> $b } @$list];
}

sub is_prime {
    my ($n) = @_;
    if ($n < 2) {
        return 0;
    }
    my $i = 2;
    while ($i * $i <= $n) {
        if ($n % $i == 0) {
            return 0;
        }
        $i++;
    }
    return 1;
}

sub halved_primes {
    my ($numbers) = @_;
    my $primes = [];
    for my $i (0 .. $#$numbers) {
        if (is_prime($numbers->[$i])) {
            push @$primes, $numbers->[$i];
        }
    }
    for my $i (1 .. $#$primes) {
        $primes->[$i] = floor_div($primes->[$i], 2);
    }
    return sorted($primes);
}

my $numbers = [map { int } split ' ', <STDIN>];
say(join(' ', @{halved_primes($numbers)}));
