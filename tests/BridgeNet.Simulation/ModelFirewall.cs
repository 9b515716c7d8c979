using BridgeNet.Firewall;
using BridgeNet.Model;

namespace BridgeNet.Simulation;

/// <summary>A firewall of a modelled machine: what networks say, put in and taken out as a backend does.</summary>
/// <param name="process">The process.</param>
/// <param name="name">The backend; that of iptables may do one half of a change, for it has a program for each address family.</param>
internal sealed class ModelFirewall(ModelProcess process, string name) : IFirewall
{
    private WorldRules Rules
    {
        get => process.World.Rules.GetValueOrDefault(name, WorldRules.None);
        set => process.World.Rules[name] = value;
    }

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public void Require() { }

    /// <inheritdoc/>
    public bool TryChange(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after) =>
        process.Do(
            "rules.change",
            $"change rules of {Names(before)} to {Names(after)}",
            () =>
            {
                if (Rules.Change(before, after) is not { } changed)
                    return false;
                Rules = OnLinks(changed);
                return true;
            },
            Failure,
            Half(() => Rules.Change(before, []))
        );

    /// <inheritdoc/>
    public void Rebuild(IReadOnlyList<FirewallNetwork> networks) =>
        process.Do(
            "rules.rebuild",
            $"rebuild rules of {Names(networks)}",
            () => Rules = OnLinks(WorldRules.Of(networks)),
            Failure,
            Half(() => WorldRules.Of(networks) with { Elements = WorldRules.None.Elements })
        );

    /// <inheritdoc/>
    public void Attach(FirewallNetwork network)
    {
        if (network.Internal)
            process.Do(
                "rules.attach",
                $"attach {network.BridgeName}",
                () =>
                    Rules = OnLinks(Rules with { Elements = Rules.Elements.SetItem($"ingress {network.BridgeName}", network.BridgeName) }),
                Failure
            );
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Describe(IReadOnlyList<FirewallNetwork> before, IReadOnlyList<FirewallNetwork> after) =>
        [
            .. WorldRules.Texts(before).Select(static element => $"delete {element.Key}"),
            .. WorldRules.Texts(after).Select(static element => $"add {element.Key}"),
        ];

    /// <inheritdoc/>
    public IReadOnlyList<string> DescribeRebuild(IReadOnlyList<FirewallNetwork> networks) => [$"rebuild {Names(networks)}"];

    /// <inheritdoc/>
    public IReadOnlyList<string> DescribeSendersCome(IReadOnlyList<FirewallNetwork> networks) => [];

    /// <inheritdoc/>
    public IReadOnlyList<string> DescribeSendersGone() => [];

    /// <inheritdoc/>
    public IEnumerable<string> DescribeAttach(FirewallNetwork network) => network.Internal ? [$"attach {network.BridgeName}"] : [];

    /// <inheritdoc/>
    public IEnumerable<RuleDifference> Compare(IReadOnlyList<FirewallNetwork> networks) =>
        process.Look(() =>
        {
            WorldRules wanted = OnLinks(WorldRules.Of(networks)),
                held = Rules;
            return (RuleDifference[])
                [
                    .. wanted.Exists != held.Exists
                        ? [new RuleDifference("rules", $"{wanted.Exists}", $"{held.Exists}", "rebuild")]
                        : (RuleDifference[])[],
                    .. wanted
                        .Elements.ExceptBy(held.Elements.Keys, static element => element.Key)
                        .Select(static element => new RuleDifference(element.Key, "there", "missing", "rebuild")
                        {
                            Bridge = element.Value,
                        }),
                    .. held
                        .Elements.ExceptBy(wanted.Elements.Keys, static element => element.Key)
                        .Select(static element => new RuleDifference(element.Key, "none", "there", "rebuild")),
                ];
        });

    /// <inheritdoc/>
    public void Dispose() { }

    private static string Names(IReadOnlyList<FirewallNetwork> networks) =>
        string.Join(',', networks.Select(static network => network.BridgeName));

    private static BridgeNetException Failure() =>
        new(ErrorIds.FirewallFailed, ProblemCategory.ResourceUnavailable, "The rules were refused: injected.");

    private WorldRules OnLinks(WorldRules rules) =>
        rules with
        {
            Elements = rules.Elements.RemoveRange(
                rules.Elements.Keys.Where(text =>
                    text.StartsWith("ingress ", StringComparison.Ordinal) && process.World.Host.Find(text["ingress ".Length..]) is null
                )
            ),
        };

    private Action? Half(Func<WorldRules?> half) => name == FirewallSelection.Nftables ? null : () => Rules = half() ?? Rules;
}
