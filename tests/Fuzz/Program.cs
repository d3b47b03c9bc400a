using System.Globalization;
using KvmPS.Fuzz;

// What others can write to is read in every way that it can be wrong: KvmPS.Fuzz <what> <seed> <rounds> [folder].
// The rounds that were refused and those that were not are told; anything but the refusal that a class documents ends it.
string what = args[0];
int seed = int.Parse(args[1], CultureInfo.InvariantCulture);
int rounds = int.Parse(args[2], CultureInfo.InvariantCulture);
Tally tally = what switch
{
    "exits" => ExitFuzz.Run(seed, rounds),
    "exits-torn" => ExitFuzz.Run(seed, rounds, torn: true),
    "dirty-ring" => RingFuzz.Dirty(seed, rounds),
    "coalesced-ring" => RingFuzz.Coalesced(seed, rounds),
    "stats" => StatsFuzz.Run(seed, rounds),
    "images" => ImageFuzz.Run(seed, rounds, args[3]),
    "state" => StateFuzz.Run(seed, rounds, args[3]),
    _ => throw new ArgumentException($"There is no '{what}' to be read."),
};
Console.WriteLine($"{what} {seed}: {tally.Taken} taken, {tally.Refused} refused");

namespace KvmPS.Fuzz
{
    internal record struct Tally(long Taken, long Refused);
}
