using System.Collections.ObjectModel;

namespace BridgeNet.Model;

/// <summary>
/// An immutable list that PowerShell can index. As a string, and in a cell of Export-Csv, it is written as its items; an array would be
/// written as <c>System.String[]</c>.
/// </summary>
public sealed class ObjectList<T> : ReadOnlyCollection<T>
{
    internal ObjectList(T[] items)
        : base(items) { }

    /// <summary>The number of items, under the name that arrays use.</summary>
    public int Length => Count;

    /// <summary>The items, separated by commas.</summary>
    public override string ToString() => string.Join(", ", this);
}
