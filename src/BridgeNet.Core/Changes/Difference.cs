using BridgeNet.Kernel;

namespace BridgeNet.Changes;

/// <summary>Computes the operations between two lists of kernel objects. Pure: objects in, operations out.</summary>
internal static class Difference
{
    /// <summary>The operations, not in order.</summary>
    public static IEnumerable<Operation> Between(IEnumerable<KernelObject> before, IEnumerable<KernelObject> after)
    {
        Dictionary<string, KernelObject> was = ByKey(before),
            will = ByKey(after);
        KernelObject[] gone = [.. was.Values.Where(old => !will.ContainsKey(old.Key))];
        HashSet<string> goneLinks = [.. gone.OfType<LinkObject>().Select(static link => link.Key)];
        HashSet<string> newLinks =
        [
            .. will.Values.OfType<LinkObject>().Where(link => !was.ContainsKey(link.Key)).Select(static link => link.Key),
        ];
        bool IsRemovedWithParent(KernelObject part) => part.Parent is { } parent && goneLinks.Contains(parent);
        // Objects on a link are removed with it; all links of a kind are removed together.
        foreach (IGrouping<Stage, LinkObject> links in gone.OfType<LinkObject>().GroupBy(static link => link.Stage))
        {
            HashSet<string> keys = [.. links.Select(static link => link.Key)];
            yield return new RemoveLinks([.. links])
            {
                On = [.. gone.Where(part => part.Parent is { } parent && keys.Contains(parent)).OrderBy(static part => part.Stage)],
            };
        }
        foreach (KernelObject part in gone.Where(part => part is not LinkObject && !IsRemovedWithParent(part)))
            yield return new ObjectOperation(part, null);
        foreach (KernelObject part in will.Values)
        {
            if (!was.TryGetValue(part.Key, out KernelObject? old))
                yield return new ObjectOperation(null, part) { OnNew = part.Parent is { } parent && newLinks.Contains(parent) };
            else if (!part.IsSame(old))
                yield return new ObjectOperation(old, part) { LeavesGone = IsRemovedWithParent(old) };
        }
    }

    /// <summary>
    /// Sorts operations: first those that move an object off a removed link, then removals in the reverse order of stages, then creations
    /// and changes in the order of stages. Bridges are removed together with their rules.
    /// </summary>
    public static IReadOnlyList<Operation> InOrder(IEnumerable<Operation> operations)
    {
        ILookup<int, Operation> byTurn = operations.ToLookup(static operation =>
            operation is ObjectOperation { LeavesGone: true } ? 0
            : operation.Removes ? 1
            : 2
        );
        List<Operation> ordered = [.. byTurn[1].OrderByDescending(static operation => operation.Stage)];
        if (
            ordered.OfType<ChangeRules>().FirstOrDefault() is { } rules
            && ordered.OfType<RemoveLinks>().FirstOrDefault(static links => links.Stage == Stage.Bridge) is { } bridges
        )
        {
            ordered[ordered.IndexOf(bridges)] = new RemoveWithRules(bridges, rules);
            ordered.Remove(rules);
        }
        return [.. byTurn[0], .. ordered, .. byTurn[2].OrderBy(static operation => operation.Stage)];
    }

    private static Dictionary<string, KernelObject> ByKey(IEnumerable<KernelObject> objects)
    {
        Dictionary<string, KernelObject> byKey = [];
        foreach (KernelObject one in objects)
            byKey[one.Key] = one;
        return byKey;
    }
}
