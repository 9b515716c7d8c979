using BridgeNet.Changes;
using BridgeNet.Drivers;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Drift;

/// <summary>In what a network is not as it is meant to be on the host.</summary>
/// <param name="host">The host.</param>
/// <param name="actual">What the kernel has.</param>
/// <param name="view">What drivers see of the host.</param>
internal sealed class NetworkDrift(OpenHost host, ActualState actual, IHostView view)
{
    private readonly ObjectDrift _objects = new(actual);

    /// <summary>What there is to report and to repair.</summary>
    /// <param name="network">The network.</param>
    /// <param name="ports">The published ports of its endpoints.</param>
    public IEnumerable<Finding> Find(NetworkRow network, IReadOnlyList<PortRow> ports)
    {
        INetworkDriver driver = host.Desired.Drivers.Of(network);
        Whose whose = new(network);
        KernelObject[] objects = [.. driver.Objects(network, ports)];
        Finding[] found = driver.Follow(network, view) is { } followed
            ? [Follow(whose, driver, followed.Network, followed.What, ports)]
            : [.. _objects.Find(whose, objects, driver.Expects(network, ports), () => Attach(network))];
        return [.. Clashes(whose, driver.HostInterface(network)), .. found];
    }

    /// <summary>Routes and addresses of others within its subnets.</summary>
    private IEnumerable<Finding> Clashes(Whose whose, LinkMark? own) =>
        own is null
            ? []
            : actual
                .Host.ClashesOf(whose.Network!, actual.Find(Place.Host, own)?.Index ?? 0)
                .Select(clash =>
                    whose.Unrepairable(
                        DriftKind.Overlap,
                        $"{clash.Subnet}",
                        "a subnet of its own",
                        $"also {clash.With}",
                        "remove the route or address, or make the network anew with another subnet"
                    )
                );

    private Finding Follow(Whose whose, INetworkDriver driver, NetworkRow network, Absence what, IReadOnlyList<PortRow> ports) =>
        whose.Finding(
            DriftKind.Bridge,
            what.Object,
            "the bridge of the network",
            what.Actual,
            "\n",
            Difference.InOrder([.. Difference.Between(driver.Without(network), driver.Objects(network, ports)), .. Attach(network)])
        ) with
        {
            Network = network,
        };

    /// <summary>The rules of a network know it by its name, and stay; but some hang on its link.</summary>
    private IEnumerable<Operation> Attach(NetworkRow network) => host.Rules.PlanAttach(network) is { } attach ? [attach] : [];
}
