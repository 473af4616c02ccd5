use v5.12;
use warnings;

sub mark {
    my ($text, $loud) = @_;
    my $line = '"';
    my $count = 0;
    for my $i (0 .. length($text) - 1) {
        if (substr($text, $i, 1) eq 'a' || substr($text, $i, 1) eq 'e') {
            $count++;
            $line .= $loud ? '$' : '\\';
        } elsif (ord(substr($text, $i, 1)) >= 97) {
            $line .= chr(ord(substr($text, $i, 1)) - 32);
        } else {
            $line .= substr($text, $i, 1);
        }
    }
    return $line . $count;
}

chomp(my $text = <STDIN>);
my $loud = <STDIN> =~ /true/;
say(mark($text, $loud));
