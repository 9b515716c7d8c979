using System.Collections.ObjectModel;

namespace BridgeNet.Model;

/// <summary>
/// A list that PowerShell indexes, and that nobody changes. In a string and in a cell of Export-Csv it reads as its items;
/// an array would read as <c>System.String[]</c> there.
/// </summary>
public sealed class ObjectList<T> : ReadOnlyCollection<T>
{
    internal ObjectList(T[] items)
        : base(items) { }

    /// <summary>How many items, by the name that arrays have for it.</summary>
    public int Length => Count;

    /// <summary>The items, with commas between them.</summary>
    public override string ToString() => string.Join(", ", this);
}
