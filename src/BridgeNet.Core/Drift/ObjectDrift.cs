using BridgeNet.Changes;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drift;

/// <summary>In what the kernel differs from the objects that it should have, whatever driver says so.</summary>
/// <param name="actual">What it has.</param>
internal sealed class ObjectDrift(ActualState actual)
{
    /// <summary>What there is to report and to repair.</summary>
    /// <param name="whose">Of whom they are.</param>
    /// <param name="objects">The objects: links, and after each what is on it.</param>
    /// <param name="expected">What else should be so of them.</param>
    /// <param name="withNew">What else comes with a link that is created anew.</param>
    public IEnumerable<Finding> Find(
        Whose whose,
        IReadOnlyList<KernelObject> objects,
        IEnumerable<KernelObject> expected,
        Func<IEnumerable<Operation>> withNew
    )
    {
        ILookup<string?, KernelObject> parts = objects.Where(static one => one is not ILinkRoot).ToLookup(static one => one.Parent);
        ILookup<string?, KernelObject> also = expected.ToLookup(static one => one.Parent);
        foreach (KernelObject one in objects.Where(static one => one is ILinkRoot))
        {
            IReadOnlyList<KernelObject> on = [.. parts[one.Key]];
            foreach (Finding finding in Find(whose, one, (ILinkRoot)one, on, [.. also[one.Key]], withNew))
                yield return finding;
        }
        // What stands by itself.
        foreach (Deviation deviation in parts[null].Concat(also[null]).SelectMany(one => one.Compare(actual)))
            yield return whose.Finding(deviation);
    }

    private IEnumerable<Finding> Find(
        Whose whose,
        KernelObject one,
        ILinkRoot root,
        IReadOnlyList<KernelObject> on,
        IReadOnlyList<KernelObject> also,
        Func<IEnumerable<Operation>> withNew
    )
    {
        if (root.Locate(actual) is { } absence)
        {
            yield return Gone(whose, one, root, absence, on, withNew);
            yield break;
        }
        foreach (LinkEnd end in root.Ends)
        {
            if (actual.Find(end.Place, end.Mark) is { } link && link.Name != end.Mark.Name)
                yield return Renamed(whose, root, end, link);
        }
        bool isLoose = false;
        foreach (Deviation deviation in one.Compare(actual))
        {
            isLoose |= deviation.Wanted is BridgeMember;
            yield return deviation.Wanted is BridgeMember member ? Loose(whose, deviation, member, on) : whose.Finding(deviation);
        }
        // What a bridge has of its port is lost when that leaves it, and comes back with it.
        foreach (
            Deviation deviation in on.Concat(also)
                .DistinctBy(static part => part.Key)
                .Where(part => !isLoose || part.OfPort is null)
                .OrderBy(static part => part.Stage)
                .SelectMany(part => part.Compare(actual))
        )
            yield return whose.Finding(deviation);
    }

    private Finding Gone(
        Whose whose,
        KernelObject one,
        ILinkRoot root,
        Absence absence,
        IReadOnlyList<KernelObject> on,
        Func<IEnumerable<Operation>> withNew
    )
    {
        if (absence.Advice is { } advice)
            return whose.Unrepairable(root.Kind, absence.Object, root.Noun, absence.Actual, advice);
        actual.Comes(root.Ends[0].Mark);
        return whose.Finding(root.Kind, absence.Object, root.Noun, absence.Actual, "\n", Anew([one, .. on], absence.Left, withNew()));
    }

    /// <summary>What creates a link anew with all that is on it; whatever is left of it goes first.</summary>
    /// <param name="objects">The link, and what is on it.</param>
    /// <param name="left">What is left.</param>
    /// <param name="with">What else comes with it.</param>
    public static IReadOnlyList<Operation> Anew(
        IEnumerable<KernelObject> objects,
        IEnumerable<KernelObject> left,
        IEnumerable<Operation> with
    ) =>
        [
            .. left.Select(static one => new ObjectOperation(one, null)),
            .. Difference.InOrder([.. Difference.Between([], objects), .. with]),
        ];

    private static Finding Renamed(Whose whose, ILinkRoot root, LinkEnd end, Link link) =>
        whose.Finding(
            new Deviation(
                root.Kind,
                end.Mark.Name,
                root.Noun,
                $"renamed to {ShellWord.Of(link.Name)}",
                new LinkProperty(end.Place, end.Mark with { Name = link.Name, Index = link.Index }, LinkProperty.NewName, end.Mark.Name)
            )
        );

    private Finding Loose(Whose whose, Deviation deviation, BridgeMember member, IEnumerable<KernelObject> on)
    {
        Finding finding = whose.Finding(
            deviation.Kind,
            deviation.Object,
            deviation.Expected,
            deviation.Actual,
            "; ",
            [
                new ObjectOperation(null, member),
                .. on.Select(static part => part.OfPort).OfType<KernelObject>().Select(static part => new ObjectOperation(null, part)),
            ]
        );
        // Where another link has the bridge's name, or its owner has to bring it back, there is nothing to attach it to.
        return actual.IsOrComes(Place.Host, member.Bridge)
            ? finding
            : finding with
            {
                Repair = [],
                Drift = finding.Drift with { Repairable = false },
            };
    }
}
