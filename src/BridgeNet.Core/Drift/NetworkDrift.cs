using BridgeNet.Changes;
using BridgeNet.Drivers;
using BridgeNet.Kernel;
using BridgeNet.Model;

namespace BridgeNet.Drift;

/// <summary>Finds the drift of a network on the host.</summary>
/// <param name="host">The host.</param>
/// <param name="actual">The actual state.</param>
/// <param name="view">What drivers can read about the host.</param>
internal sealed class NetworkDrift(OpenHost host, ActualState actual, IHostView view)
{
    private readonly ObjectDrift _objects = new(actual);

    /// <summary>The findings for a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="ports">The published ports of its endpoints.</param>
    public IEnumerable<Finding> Find(NetworkRow network, IReadOnlyList<PortRow> ports)
    {
        INetworkDriver driver = host.Desired.Drivers.Of(network);
        DriftSubject subject = new(network);
        KernelObject[] objects = [.. driver.Objects(network, ports)];
        Finding[] found = driver.Follow(network, view) is { } followed
            ? [Follow(subject, driver, followed.Network, followed.What, ports)]
            : [.. _objects.Find(subject, objects, driver.Expects(network, ports), () => Attach(network))];
        return [.. Clashes(subject, driver.HostInterface(network)), .. found];
    }

    /// <summary>Foreign routes and addresses in the network's subnets.</summary>
    private IEnumerable<Finding> Clashes(DriftSubject subject, LinkMark? own) =>
        own is null
            ? []
            : actual
                .Host.ClashesOf(subject.Network!, actual.Find(Place.Host, own)?.Index ?? 0)
                .Select(clash =>
                    subject.Unrepairable(
                        DriftKind.Overlap,
                        $"{clash.Subnet}",
                        "a subnet of its own",
                        $"also {clash.With}",
                        "remove the route or address, or create the network again with another subnet"
                    )
                );

    private Finding Follow(DriftSubject subject, INetworkDriver driver, NetworkRow network, Absence what, IReadOnlyList<PortRow> ports) =>
        subject.Finding(
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

    /// <summary>
    /// The operation for the rules that depend on the bridge's link; the other rules match the bridge by its name, and stay.
    /// </summary>
    private IEnumerable<Operation> Attach(NetworkRow network) => host.Rules.PlanAttach(network) is { } attach ? [attach] : [];
}
