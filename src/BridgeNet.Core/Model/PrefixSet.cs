using System.Collections;

namespace BridgeNet.Model;

/// <summary>
/// Prefixes of one family, sorted by their first address, each stored once. Neighbours are found, and prefixes added and removed, without
/// reading all of them.
/// </summary>
internal sealed class PrefixSet : IReadOnlyList<UsedPrefix>
{
    private static readonly Comparer<UsedPrefix> s_order = Comparer<UsedPrefix>.Create(
        static (one, other) =>
            one.First != other.First ? one.First.CompareTo(other.First)
            : one.Last != other.Last ? one.Last.CompareTo(other.Last)
            : one.By != other.By ? one.By.CompareTo(other.By)
            : one.LinkIndex != other.LinkIndex ? one.LinkIndex.CompareTo(other.LinkIndex)
            : string.CompareOrdinal(one.Name, other.Name)
    );

    private readonly List<UsedPrefix> _ranges;

    public PrefixSet(IEnumerable<UsedPrefix> ranges)
    {
        UsedPrefix[] sorted = [.. ranges];
        Array.Sort(sorted, s_order);
        _ranges = [.. sorted.Where((range, i) => i == 0 || s_order.Compare(sorted[i - 1], range) != 0)];
    }

    public int Count => _ranges.Count;

    public UsedPrefix this[int index] => _ranges[index];

    public void Add(UsedPrefix range)
    {
        int at = _ranges.BinarySearch(range, s_order);
        if (at < 0)
            _ranges.Insert(~at, range);
    }

    public void Remove(UsedPrefix range)
    {
        int at = _ranges.BinarySearch(range, s_order);
        if (at >= 0)
            _ranges.RemoveAt(at);
    }

    /// <summary>Removes all prefixes of a link.</summary>
    public void RemoveLink(int index) => _ranges.RemoveAll(range => range.LinkIndex == index);

    public IEnumerator<UsedPrefix> GetEnumerator() => _ranges.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
