using BridgeNet.Changes;
using BridgeNet.Kernel;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Drift;

/// <summary>Compares desired kernel objects with the actual state, whatever driver they come from.</summary>
/// <param name="actual">The actual state.</param>
internal sealed class ObjectDrift(ActualState actual)
{
    /// <summary>The findings for these objects.</summary>
    /// <param name="subject">The network and container of the objects.</param>
    /// <param name="objects">The desired objects: links, and after each the objects on it.</param>
    /// <param name="expected">Further expected properties of the links.</param>
    /// <param name="withNew">The operations that follow a link that is created again.</param>
    public IEnumerable<Finding> Find(
        DriftSubject subject,
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
            foreach (Finding finding in Find(subject, one, (ILinkRoot)one, on, [.. also[one.Key]], withNew))
                yield return finding;
        }
        // Objects without a parent.
        foreach (Deviation deviation in parts[null].Concat(also[null]).SelectMany(one => one.Compare(actual)))
            yield return subject.Finding(deviation);
    }

    private IEnumerable<Finding> Find(
        DriftSubject subject,
        KernelObject one,
        ILinkRoot root,
        IReadOnlyList<KernelObject> on,
        IReadOnlyList<KernelObject> also,
        Func<IEnumerable<Operation>> withNew
    )
    {
        if (root.Locate(actual) is { } absence)
        {
            yield return Gone(subject, one, root, absence, on, withNew);
            yield break;
        }
        foreach (LinkEnd end in root.Ends)
        {
            if (actual.Find(end.Place, end.Mark) is { } link && link.Name != end.Mark.Name)
                yield return Renamed(subject, root, end, link);
        }
        bool isLoose = false;
        foreach (Deviation deviation in one.Compare(actual))
        {
            isLoose |= deviation.Wanted is BridgeMember;
            yield return deviation.Wanted is BridgeMember member ? Loose(subject, deviation, member, on) : subject.Finding(deviation);
        }
        // Objects that the bridge stores with a port are lost when the port leaves the bridge; the repair of the membership restores them.
        foreach (
            Deviation deviation in on.Concat(also)
                .DistinctBy(static part => part.Key)
                .Where(part => !isLoose || part.OfPort is null)
                .OrderBy(static part => part.Stage)
                .SelectMany(part => part.Compare(actual))
        )
            yield return subject.Finding(deviation);
    }

    private Finding Gone(
        DriftSubject subject,
        KernelObject one,
        ILinkRoot root,
        Absence absence,
        IReadOnlyList<KernelObject> on,
        Func<IEnumerable<Operation>> withNew
    )
    {
        if (absence.Advice is { } advice)
            return subject.Unrepairable(root.Kind, absence.Object, root.Noun, absence.Actual, advice);
        Finding finding = subject.Finding(
            root.Kind,
            absence.Object,
            root.Noun,
            absence.Actual,
            "\n",
            CreateAgain([one, .. on], absence.Leftovers, withNew())
        );
        if (root.Needs.FirstOrDefault(needed => !actual.ExistsOrPlanned(Place.Host, needed)) is { } needed)
            return Waiting(finding, needed);
        actual.AddPlanned(root.Ends[0].Mark);
        return finding;
    }

    /// <summary>A finding that needs another link first: a foreign link has its name, or its owner must create it again.</summary>
    private static Finding Waiting(Finding finding, LinkMark needed) =>
        finding with
        {
            Repair = [],
            Drift = finding.Drift with
            {
                Repairable = false,
                Repair = $"it needs the {needed.Kind} {needed.Name}: see to that first, then repair again",
            },
        };

    /// <summary>The operations that create a link again with all objects on it, after removing its leftovers.</summary>
    /// <param name="objects">The link, and the objects on it.</param>
    /// <param name="leftovers">The leftovers.</param>
    /// <param name="with">The operations that follow.</param>
    public static IReadOnlyList<Operation> CreateAgain(
        IEnumerable<KernelObject> objects,
        IEnumerable<KernelObject> leftovers,
        IEnumerable<Operation> with
    ) =>
        [
            .. leftovers.Select(static one => new ObjectOperation(one, null)),
            .. Difference.InOrder([.. Difference.Between([], objects), .. with]),
        ];

    private static Finding Renamed(DriftSubject subject, ILinkRoot root, LinkEnd end, Link link) =>
        subject.Finding(
            new Deviation(
                root.Kind,
                end.Mark.Name,
                root.Noun,
                $"renamed to {ShellWord.Of(link.Name)}",
                new LinkProperty(end.Place, end.Mark with { Name = link.Name, Index = link.Index }, LinkProperty.NewName, end.Mark.Name)
            )
        );

    private Finding Loose(DriftSubject subject, Deviation deviation, BridgeMember member, IEnumerable<KernelObject> on)
    {
        Finding finding = subject.Finding(
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
        return actual.ExistsOrPlanned(Place.Host, member.Bridge) ? finding : Waiting(finding, member.Bridge);
    }
}
