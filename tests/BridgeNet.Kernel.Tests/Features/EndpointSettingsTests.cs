using BridgeNet.Model;
using BridgeNet.Requests;
using Xunit;

namespace BridgeNet.Kernel.Tests.Features;

/// <summary>What can be said of the interface inside.</summary>
public sealed class EndpointSettingsTests(PrivateNamespace space) : IClassFixture<PrivateNamespace>
{
    public static TheoryData<string> Backends => EngineSpace.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void Its_name(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(new NetworkRequest("n"));
                engine.Make(new NetworkRequest("m"));
                engine.Start("a", new EndpointRequest("n") { InterfaceName = "lan0" });
                Assert.Contains(Snapshot.Take(engine), line => line.StartsWith("a link lan0 veth ", StringComparison.Ordinal));
                Assert.Contains(
                    "already",
                    Making.Refused(() => engine.Join("a", new EndpointRequest("m") { InterfaceName = "lan0" })).Message
                );
                Assert.Equal("eth0", engine.Join("a", new EndpointRequest("m")).InterfaceName);
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void Its_kernel_settings(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(new NetworkRequest("n") { EnableIPv6 = true });
                engine.Start(
                    "a",
                    new EndpointRequest("n")
                    {
                        Sysctls = new Dictionary<string, string>
                        {
                            ["net.ipv4.conf.IFNAME.log_martians"] = "1",
                            ["net.ipv6.conf.IFNAME.hop_limit"] = "33",
                        },
                    }
                );
                Assert.Equal(
                    ("1", "33"),
                    (engine.SysctlIn("a", "net/ipv4/conf/eth0/log_martians"), engine.SysctlIn("a", "net/ipv6/conf/eth0/hop_limit"))
                );
            }
        );

    [Theory]
    [MemberData(nameof(Backends))]
    public void An_invalid_setting_is_refused_and_leaves_nothing(string backend) =>
        EngineSpace.In(
            space,
            backend,
            (engine, _) =>
            {
                engine.Make(new NetworkRequest("n"));
                IReadOnlyList<string> before = Snapshot.Take(engine);
                foreach (
                    (string key, string value) in (IEnumerable<(string, string)>)
                        [("kernel.hostname", "x"), ("net.ipv4.conf.IFNAME.no_such_key", "1"), ("net.ipv4.conf.IFNAME.log_martians", "many")]
                )
                {
                    Problem problem = Making.Refused(() =>
                        engine.Start("a", new EndpointRequest("n") { Sysctls = new Dictionary<string, string> { [key] = value } })
                    );
                    Assert.Equal(ErrorIds.InvalidOption, problem.ErrorId);
                    Assert.Equal(before, Snapshot.Take(engine));
                }
            }
        );
}
