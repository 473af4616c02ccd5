use v5.12;
use warnings;

my $a = int(<STDIN>);
my $b = int(<STDIN>);
say(($a + $b) % 7);
