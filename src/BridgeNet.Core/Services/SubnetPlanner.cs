using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Drivers;
using BridgeNet.Ipam;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Checks the requested subnets of a network, and chooses those that are missing.</summary>
/// <param name="host">The host; a new network must not overlap its prefixes.</param>
internal sealed class SubnetPlanner(OpenHost host)
{
    /// <summary>The requested subnets; adds problems with them, and with those that nobody can choose.</summary>
    public IReadOnlyList<SubnetRow> Check(IStateReader state, NetworkRequest request, INetworkDriver driver, ICollection<Problem> problems)
    {
        IpamRequest ipam = new()
        {
            Subnets = request.Subnets,
            Gateways = request.Gateways,
            IPRanges = request.IPRanges,
            AuxAddresses = request.AuxAddresses,
        };
        IReadOnlyList<SubnetRow> given = ipam.Check(family => driver.HasGateway(request.Options, family), problems, request.Name);
        if (request.ConfigOnly)
            return given;
        RefuseOverlaps(state, request, driver, given, problems);
        if (!driver.OwnsSubnets(request.Options))
            RefuseAutomatic(request, driver, given, problems);
        return given;
    }

    /// <summary>The subnets of a network, with automatic ones for the families that have none.</summary>
    /// <param name="state">The state.</param>
    /// <param name="network">The network.</param>
    /// <param name="prefixLength">The length of an automatic IPv4 subnet, in bits; null for that of the pool.</param>
    public IReadOnlyList<SubnetRow> Complete(IStateReader state, NetworkRow network, int? prefixLength)
    {
        List<SubnetRow> configs = [.. network.IPAM.Config];
        if (network.EnableIPv4 && network.Config(AddressFamily.InterNetwork) is null)
            configs.Add(Automatic(network, SubnetPool.Choose(Ranges(state, AddressFamily.InterNetwork).UsedPrefixes(), prefixLength)));
        if (network.EnableIPv6 && network.Config(AddressFamily.InterNetworkV6) is null)
        {
            IPNetwork local = SubnetPool.UniqueLocal(HostId.Read(host.Machine.Files));
            configs.Add(Automatic(network, SubnetPool.ChooseIPv6(local, Ranges(state, AddressFamily.InterNetworkV6).UsedPrefixes())));
        }
        return configs;
    }

    private void RefuseOverlaps(
        IStateReader state,
        NetworkRequest request,
        INetworkDriver driver,
        IReadOnlyList<SubnetRow> given,
        ICollection<Problem> problems
    )
    {
        int own = driver.FindAdoptable(request.Options, host.View(state))?.Index ?? 0;
        foreach (SubnetRow config in given)
        {
            HostRanges ranges = Ranges(state, config.Subnet.BaseAddress.AddressFamily);
            if (ranges.FindOverlap(config.Subnet, driver.OwnsSubnets(request.Options), except: own) is { } taken)
                problems.Add(
                    new(
                        ErrorIds.SubnetOverlaps,
                        ProblemCategory.ResourceExists,
                        $"The subnet {config.Subnet} overlaps with {ranges.Describe(taken)}; choose another subnet.",
                        request.Name
                    )
                );
        }
    }

    private static void RefuseAutomatic(
        NetworkRequest request,
        INetworkDriver driver,
        IReadOnlyList<SubnetRow> given,
        ICollection<Problem> problems
    )
    {
        foreach (AddressFamily family in AddressNumber.Families)
        {
            bool enabled = family == AddressFamily.InterNetwork ? request.EnableIPv4 : request.EnableIPv6;
            if (enabled && given.All(config => config.Subnet.BaseAddress.AddressFamily != family))
                problems.Add(
                    new(
                        ErrorIds.InvalidSubnet,
                        ProblemCategory.InvalidArgument,
                        $"Driver '{driver.Name}' cannot choose the {AddressPool.Name(family)} subnet, which belongs to a network outside this host; give the subnet.",
                        request.Name
                    )
                );
        }
    }

    private HostRanges Ranges(IStateReader state, AddressFamily family) => new(host, state, family);

    private SubnetRow Automatic(NetworkRow network, IPNetwork subnet)
    {
        INetworkDriver driver = host.Desired.Drivers.Of(network);
        List<Problem> none = [];
        SubnetRow config =
            new IpamRequest { Subnets = [subnet.ToString()] }
                .Check(family => driver.HasGateway(network.Options, family), none, network.Name)
                .FirstOrDefault()
            ?? throw new BridgeNetException(none);
        return config with { Automatic = true };
    }
}
