using BridgeNet.Kernel;

namespace BridgeNet.Changes;

/// <summary>What leads from how things are to how they should be. Pure: objects in, operations out.</summary>
internal static class Difference
{
    /// <summary>The operations, in no order yet.</summary>
    public static IEnumerable<Operation> Between(IEnumerable<KernelObject> before, IEnumerable<KernelObject> after)
    {
        Dictionary<string, KernelObject> was = ByKey(before),
            will = ByKey(after);
        KernelObject[] gone = [.. was.Values.Where(there => !will.ContainsKey(there.Key))];
        HashSet<string> goneLinks = [.. gone.OfType<LinkObject>().Select(static link => link.Key)];
        HashSet<string> newLinks =
        [
            .. will.Values.OfType<LinkObject>().Where(link => !was.ContainsKey(link.Key)).Select(static link => link.Key),
        ];
        bool GoesAlong(KernelObject part) => part.Parent is { } parent && goneLinks.Contains(parent);
        // What is on a link goes with it; all links of a kind go together.
        foreach (IGrouping<Stage, LinkObject> links in gone.OfType<LinkObject>().GroupBy(static link => link.Stage))
        {
            HashSet<string> keys = [.. links.Select(static link => link.Key)];
            yield return new RemoveLinks([.. links])
            {
                On = [.. gone.Where(part => part.Parent is { } parent && keys.Contains(parent)).OrderBy(static part => part.Stage)],
            };
        }
        foreach (KernelObject part in gone.Where(part => part is not LinkObject && !GoesAlong(part)))
            yield return new ObjectOperation(part, null);
        foreach (KernelObject part in will.Values)
        {
            if (!was.TryGetValue(part.Key, out KernelObject? there))
                yield return new ObjectOperation(null, part) { OnNew = part.Parent is { } parent && newLinks.Contains(parent) };
            else if (!part.IsSame(there))
                yield return new ObjectOperation(there, part) { LeavesGone = GoesAlong(there) };
        }
    }

    /// <summary>
    /// Operations in their turn: first what moves away from what goes, then what takes away, in the reverse order of stages, then what makes and
    /// changes, in their order. Bridges go together with their rules.
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
