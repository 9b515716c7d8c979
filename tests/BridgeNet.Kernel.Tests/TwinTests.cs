using BridgeNet.Changes;
using BridgeNet.Firewall;
using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Nftables;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// What <c>-WhatIf</c> and <c>-Verbose</c> say really does it: every kind of change is made in one namespace, and its words, with those of
/// all that
/// came before it, are typed into a shell in another. Both kernels have the same links, addresses, routes, settings, rules and files of
/// names then.
/// </summary>
public sealed class TwinTests
{
    public static TheoryData<string, string> Cases =>
        [.. from backend in (string[])["nftables", "iptables"] from change in ChangeCatalog.All.Keys select (backend, change)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_printed_commands_have_the_effect_of_the_change(string backend, string change)
    {
        // One for each case: settings of the host that an earlier one switched on would not be switched on again.
        using PrivateNamespace space = new(),
            twin = new();
        EngineSpace.In(
            space,
            backend,
            (engine, state) =>
            {
                Admin.Needs("ip", "bridge", "nft", "sysctl", "nsenter", "unshare");
                List<string> typed = [];
                ChangeContext heard = new() { Verbose = typed.Add };
                ChangeCatalog.Prepare(engine, change, heard);
                ChangeCatalog.All[change].Make(engine, heard);
                (string Name, string Path)[] containers =
                [
                    .. engine
                        .GetContainers()
                        .Where(static container => container.Status == "running")
                        .Select(static container => (container.Name, container.NetNSPath)),
                ];
                IReadOnlyList<string> made = Snapshot.Kernel(containers, state);
                using TemporaryDirectory directory = new();
                string elsewhere = directory.Path;
                string There(string text) => text.Replace(state, elsewhere, StringComparison.Ordinal);
                twin.Run(() =>
                {
                    ForeignObjects.Make();
                    foreach (
                        string line in typed
                            .SelectMany(Lines)
                            .Where(static line => !line.StartsWith("conntrack ", StringComparison.Ordinal))
                    )
                    {
                        // nft has no words for its rules: of all that is said, this alone is a comment.
                        if (line == $"# create the table {AntiSpoofPlan.Shape}")
                            Create(AntiSpoofPlan.Shape);
                        else
                            Admin.Run(There(line));
                    }
                    DriftLab.AssertSame(
                        [.. made.Select(There)],
                        [
                            .. Snapshot
                                .Kernel(containers.Select(container => (container.Name, There(container.Path))), elsewhere)
                                .Select(There),
                        ]
                    );
                });
            }
        );
    }

    private static void Create(NftTableShape shape)
    {
        using OwnTable table = new(shape);
        table.Rebuild([]);
    }

    private static string[] Lines(string words) => words.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
