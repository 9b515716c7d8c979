namespace BridgeNet.Model;

/// <summary>
/// Compares texts in natural order: <c>net9</c> before <c>net10</c>; letter case decides only between texts that are otherwise equal.
/// </summary>
internal static class NaturalOrder
{
    public static IComparer<string> Comparer { get; } = Comparer<string>.Create(Compare);

    public static int Compare(string? one, string? other)
    {
        ReadOnlySpan<char> a = one,
            b = other;
        int i = 0,
            j = 0;
        while (i < a.Length && j < b.Length)
        {
            int order;
            if (char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j]))
                order = CompareNumbers(Number(a, ref i), Number(b, ref j));
            else
                order = char.ToUpperInvariant(a[i++]).CompareTo(char.ToUpperInvariant(b[j++]));
            if (order != 0)
                return order;
        }
        int rest = (a.Length - i).CompareTo(b.Length - j);
        return rest != 0 ? rest : string.CompareOrdinal(one, other);
    }

    /// <summary>The digits at a position, without leading zeros, and the position after them.</summary>
    private static ReadOnlySpan<char> Number(ReadOnlySpan<char> text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return text[start..at].TrimStart('0');
    }

    // The longer number is the larger one.
    private static int CompareNumbers(ReadOnlySpan<char> one, ReadOnlySpan<char> other) =>
        one.Length != other.Length ? one.Length.CompareTo(other.Length) : one.SequenceCompareTo(other);
}
