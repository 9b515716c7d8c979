using BridgeNet.Changes;
using BridgeNet.Drivers.Bridge;
using BridgeNet.EngineProbe;
using BridgeNet.Firewall;
using BridgeNet.Kernel.Tests.Drift;
using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// What <c>-WhatIf</c> and <c>-Verbose</c> say really does it: every kind of change is made in one namespace, and its words, with those of all that
/// came before it, are typed into a shell in another. Both kernels have the same links, addresses, routes, settings and rules then.
/// </summary>
public sealed class TwinTests
{
    /// <summary>All but those that take the last network away, and with it the chains that all networks share: these are in no words.</summary>
    public static TheoryData<string, string> Cases => [.. from backend in (string[])["nftables", "iptables"] from change in ChangeCatalog.All.Keys where change != "clear" select (backend, change)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_typed_makes_what_the_change_makes(string backend, string change)
    {
        // One for each case: settings of the host that an earlier one switched on would not be switched on again.
        using PrivateNamespace space = new(), twin = new();
        EngineSpace.In(space, backend, (engine, state) =>
        {
            Admin.Needs("ip", "bridge", "nft", "sysctl", "nsenter", "unshare");
            List<string> standing = [], typed = [];
            // Its chains are not in the words of those that come after the first.
            NetworkRow first = engine.CreateNetwork(new NetworkRequest("standing")
            {
                Subnets = ["10.97.0.0/24"],
                EnableIPv6 = true,
                Internal = true,
                Options = new Dictionary<string, string> { [NetworkOptions.AntiSpoof] = "true" },
            }, new ChangeContext { Verbose = standing.Add });
            ChangeContext heard = new() { Verbose = typed.Add };
            ChangeCatalog.Prepare(engine, change, heard);
            ChangeCatalog.All[change].Make(engine, heard);
            (string Name, string Path)[] containers = [.. engine.GetContainers().Where(static container => container.Status == "running").Select(static container => (container.Name, container.NetNSPath))];
            IReadOnlyList<string> made = Snapshot.Kernel(containers);
            string elsewhere = Directory.CreateTempSubdirectory("bridgenet-twin-").FullName;
            try
            {
                string There(string text) => text.Replace(state, elsewhere, StringComparison.Ordinal);
                twin.Run(() =>
                {
                    EngineProbe.Foreign.Make();
                    foreach (string line in standing.SelectMany(Lines).Where(static line => !IsRule(line)))
                        Admin.Run(line);
                    using (IFirewallBackend rules = new GuardedFirewall(FirewallSelection.Open(backend)))
                        rules.Rebuild([BridgeRules.Of(first, [])]);
                    foreach (string line in typed.SelectMany(Lines).Where(static line => !line.StartsWith("conntrack ", StringComparison.Ordinal)))
                        Admin.Run(There(line));
                    DriftLab.AssertSame([.. made.Select(There)], [.. Snapshot.Kernel(containers.Select(container => (container.Name, There(container.Path)))).Select(There)]);
                });
            }
            finally
            {
                Directory.Delete(elsewhere, recursive: true);
            }
        });
    }

    private static string[] Lines(string words) => words.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsRule(string line) => line.StartsWith("nft ", StringComparison.Ordinal) || line.StartsWith("iptables ", StringComparison.Ordinal) || line.StartsWith("ip6tables ", StringComparison.Ordinal);
}
