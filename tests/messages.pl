# SPDX-FileCopyrightText: 2026 The safexl authors
# SPDX-License-Identifier: GPL-3.0-or-later
# What tests/messages lists: the words of each message, by the file that holds them.
#
# A line is the kind, then the words with printf's places; alternatives of one place stand as {a|b}.
# The kind is the exit status of an error ("error" where the code is chosen as it runs), "wrap" for
# what is put before one, "hint" for what to type next, "notice" for what is said beside, "check"
# for a finding of safexl check. "text" is every other string of two words or more, so that no
# message can come in by a way that is not known here.
use strict;
use warnings;

# Where in a call the code and the format stand, and what is added to the words; a kind instead of a code.
my %calls = (
	sx_err_set => [1, 2, ''], sx_err_sys => [1, 2, ': <errno>'],
	sx_err_wrap => ['wrap', 1, ''], sx_err_hint => ['hint', 1, ''],
	repo_err_git => [1, 2, ': <git>'], repo_err_damaged => ['73', 2, ': <git>'],
	live_failed => [2, 3, ': <libxl>'], xlcfg_fault => ['78', 4, ''],
	inspect_add => ['check', 4, ''], inspect_hint => ['hint', 1, ''],
	flow_notice => ['notice', 1, ''], hook_tell => ['notice', 4, ''],
	sx_words_give => ['notice', 1, ''], sx_words_add => ['notice', 1, ''],
);
my $names = join '|', keys %calls;
my $string = qr/"(?:[^"\\]|\\.)*"/;

# The exit status of each code, as cmd/message.c has it.
sub statuses {
	my (%status, @codes);
	open my $f, '<', 'cmd/message.c' or die "cmd/message.c: $!";
	while (<$f>) {
		push @codes, $1 if /case (SX_\w+):/;
		next unless /return|break/;
		my $value = /return (\d+);/ ? $1 : 1;
		$status{$_} = $value for @codes;
		@codes = ();
	}
	return %status;
}

# The arguments of the call whose bracket opens at $at, and the offset behind it.
sub arguments {
	my ($text, $at) = @_;
	my ($depth, $part, @parts) = (0, '');
	while ($at < length $text) {
		my $rest = substr $text, $at;
		my $token = $rest =~ /^($string)/ ? $1 : substr $rest, 0, 1;
		$at += length $token;
		$depth++ if $token =~ /^[(\[{]$/;
		$depth-- if $token =~ /^[)\]}]$/;
		return $at, @parts, $part if $depth == 0;
		if ($token eq ',' && $depth == 1) { push @parts, $part; $part = ''; next; }
		$part .= $token unless $depth == 1 && $token eq '(' && $part eq '';
	}
	return $at, @parts, $part;
}

sub words {
	my $text = join ' ', @_;
	$text =~ s/"\s*"//g;
	my @strings = $text =~ /"((?:[^"\\]|\\.)*)"/g;
	return @strings > 1 ? '{' . join('|', @strings) . '}' : @strings ? $strings[0] : '';
}

my %status = statuses();
for my $file (sort glob 'core/*/*.c cmd/*.c') {
	open my $f, '<', $file or die "$file: $!";
	my $text = do { local $/; <$f> };
	my @found;
	$text =~ s{($string)|'(?:[^'\\]|\\.)*'|/\*.*?\*/}{$1 // ' '}gse;
	$text =~ s/^#include.*$//gm;
	$text =~ s/\bPRI([a-z])\d+\b/"ll$1"/g;
	$text =~ s/%p[QS]/%s/g;
	$text =~ s/\s*\n\s*/ /g;
	while ($text =~ /\G.*?(?:\b($names)\(|((?:$string\s*)+))/gs) {
		my ($name, $plain) = ($1, $2);
		my ($kind, $said) = ('text', '');
		if (defined $plain) {
			$said = words($plain);
			next if $said !~ /[a-z]{2}.* .*[a-z]{2}/;
		} else {
			my ($code, $place, $more) = @{$calls{$name}};
			my ($end, @args) = arguments($text, pos($text) - 1);
			next if $name =~ /^sx_words/ && $args[0] !~ /notices|notes/;
			$kind = $code =~ /^\d$/ ? $args[$code] // '' : $code;
			$kind = $1 && $kind !~ /\?/ ? $status{$1} // 'error' : 'error' if $kind =~ /(SX_E\w+)/ || $code =~ /^\d$/;
			my $format = $args[$place] // '';
			$said = words($format =~ /"/ ? $format : @args[$place .. $#args]);
			next if $said !~ /[a-z]{2}/;
			$said .= $more;
			pos($text) = $end;
		}
		push @found, sprintf '%-6s %s', $kind, $said;
	}
	print "$file\n", (map { "  $_\n" } @found), "\n" if @found;
}
