using KvmPS.Native.Abi;
using Kind = KvmPS.Native.KvmHostDifferenceKind;

namespace KvmPS.Native;

/// <content>Values, bit by bit and field by field.</content>
public sealed partial class SnapshotComparison
{
    private static readonly ValueField[] Nothing = [];

    /// <summary>Compares what fields say; bits that are in none of them are features, or unknown.</summary>
    /// <param name="kind">What kind of thing it is.</param>
    /// <param name="fields">What is known of the value.</param>
    /// <param name="before">The value on the reference.</param>
    /// <param name="after">The value on the other host.</param>
    /// <param name="nameOf">What a field is called among all things; a field of bits gets the bit's number behind it.</param>
    /// <param name="width">How many bits the value has.</param>
    /// <param name="unknownMatters">Whether a bit that nobody knows matters in either direction; otherwise it is a feature.</param>
    private void Compare(
        Kind kind, ValueField[] fields, ulong before, ulong after, Func<ValueField, string> nameOf, int width, bool unknownMatters = false)
    {
        if (before == after)
            return;
        ulong known = 0;
        foreach (ValueField field in fields)
        {
            known |= field.Mask;
            if (((before ^ after) & field.Mask) != 0)
                CompareField(kind, field, before, after, nameOf(field));
        }
        for (int bit = 0; bit < width; bit++)
        {
            ulong mask = 1UL << bit;
            if (((before ^ after) & mask & ~known) == 0)
                continue;
            string name = nameOf(new ValueField(bit, bit, ValueRule.Feature, $"bit {bit}"));
            bool lost = (before & mask) != 0;
            Add(kind, name, lost, !lost, lost || unknownMatters, lost || unknownMatters ? NotJudged : New);
        }
    }

    private void CompareField(Kind kind, ValueField field, ulong before, ulong after, string name)
    {
        switch (field.Rule)
        {
            case ValueRule.Feature or ValueRule.Restriction:
                CompareBits(kind, field, before, after, name);
                break;
            case ValueRule.SignedMost:
                bool less = field.SignedOf(after) < field.SignedOf(before);
                Add(kind, name, field.SignedOf(before), field.SignedOf(after), less, less ? Less : More);
                break;
            case ValueRule.Ignored:
                break;
            default:
                (bool blocking, string reason) = Judge(field.Rule, field.Of(before), field.Of(after));
                if (field.First == field.Last)
                    Add(kind, name, field.Of(before) != 0, field.Of(after) != 0, blocking, reason);
                else
                    Add(kind, name, field.Of(before), field.Of(after), blocking, reason);
                break;
        }
    }

    private const string Less = "Less than a guest of the reference may use.";
    private const string OfHost = "It belongs to the host; guests do not depend on it.";
    private const string More = "More than on the reference.";

    private static (bool Blocking, string Reason) Judge(ValueRule rule, ulong before, ulong after) => rule switch
    {
        ValueRule.Most => after < before ? (true, Less) : (false, More),
        ValueRule.Least => after > before ? (true, "More than a guest of the reference can live with.") : (false, "Less than on the reference, which is better."),
        ValueRule.SameIfAny when before == 0 => (false, New),
        ValueRule.Same or ValueRule.SameIfAny => (true, "It has to be the same on both."),
        _ => (false, OfHost),
    };

    private void CompareBits(Kind kind, ValueField field, ulong before, ulong after, string name)
    {
        for (int bit = field.First; bit <= field.Last; bit++)
        {
            ulong mask = 1UL << bit;
            if (((before ^ after) & mask) == 0)
                continue;
            bool lost = (before & mask) != 0;
            string bitName = field.First == field.Last ? name : $"{name} {bit - field.First}";
            if (field.Rule == ValueRule.Feature)
                Add(kind, bitName, lost, !lost, lost, lost ? Gone : New);
            else
                Add(kind, bitName, lost, !lost, !lost, lost ? "A restriction that is lifted there." : "A restriction that guests of the reference do not know of.");
        }
    }
}
