using BridgeNet.Changes;
using BridgeNet.Drivers;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Plans new networks.</summary>
/// <param name="host">The host.</param>
/// <param name="subnets">Plans the subnets.</param>
internal sealed class NetworkPlanner(OpenHost host, SubnetPlanner subnets)
{
    /// <summary>
    /// The network of containers without a requested one; it is created with its first endpoint and removed with its last.
    /// </summary>
    public const string Default = "bridge";

    /// <summary>The driver of a network that is only a configuration: Docker's.</summary>
    private const string Configuration = "null";

    /// <summary>The bridge of the default network: Docker's name, or another one if a link already has that name.</summary>
    private const string DefaultBridge = "docker0",
        OtherDefaultBridge = "bridgenet0";

    /// <summary>Plans the predefined network <c>bridge</c>, with Docker's options.</summary>
    public NetworkRow PlanDefault(IStateReader state)
    {
        NetworkRow predefined = StateLookup.Predefined[0];
        predefined = predefined with
        {
            Created = host.Machine.Clock.GetUtcNow(),
            Options = new Dictionary<string, string>
            {
                [NetworkOptions.DefaultBridge] = "true",
                [NetworkOptions.EnableIcc] = "true",
                [NetworkOptions.EnableMasquerade] = "true",
                [NetworkOptions.HostBindingIPv4] = "0.0.0.0",
                [NetworkOptions.BridgeName] = host.Links.FindLink(DefaultBridge) is null ? DefaultBridge : OtherDefaultBridge,
            },
        };
        NetworkRow chosen = Complete(state, host.Desired.Drivers.Of(predefined), predefined, prefixLength: null);
        return chosen with { Options = new Dictionary<string, string>(chosen.Options) { [NetworkOptions.Mtu] = $"{chosen.Mtu}" } };
    }

    /// <summary>Plans a new network; refuses with all problems together.</summary>
    public NetworkRow Plan(IStateReader state, NetworkRequest request, ChangeContext context)
    {
        List<Problem> problems = [];
        NetworkRequestRules.CheckName(state, request.Name, problems);
        request = NetworkRequestRules.TakeConfiguration(state, request, problems);
        request = request with { EnableIPv6 = request.EnableIPv6 || request.Subnets.Any(static subnet => subnet.Contains(':')) };
        INetworkDriver driver = NetworkRequestRules.FindDriver(host.Desired.Drivers, request, problems);
        NetworkRequestRules.CheckFamilies(host.Machine.Sysctl, request, problems);
        host.Desired.Drivers.CheckOptions(
            request.ConfigOnly ? null : driver,
            request.Options,
            request.Internal,
            request.EnableIPv6,
            problems,
            context.Warning,
            request.Name
        );
        NameRules.CheckLabels(request.Labels, request.Name, problems);
        if (!request.ConfigOnly)
            driver.Check(request, host.View(state), problems);
        IReadOnlyList<SubnetRow> given = subnets.Check(state, request, driver, problems);
        if (problems.Count > 0)
            throw new BridgeNetException(problems);

        NetworkRow network = new()
        {
            Name = request.Name,
            Id = host.Machine.Random.NewId(),
            Created = host.Machine.Clock.GetUtcNow(),
            Driver = request.ConfigOnly ? Configuration : driver.Name,
            EnableIPv4 = request.EnableIPv4,
            EnableIPv6 = request.EnableIPv6,
            Internal = request.Internal,
            Attachable = request.Attachable,
            ConfigOnly = request.ConfigOnly,
            ConfigFrom = request.ConfigFrom ?? "",
            IPAM = new IpamRow { Options = new Dictionary<string, string>(), Config = given },
            Options = request.Options,
            Labels = request.Labels,
        };
        if (request.ConfigOnly)
            return network;
        network = Complete(state, driver, network, request.PrefixLength);
        foreach (string advice in driver.Advice(network, host.View(state)))
            context.Warning(advice);
        return network;
    }

    /// <summary>Chooses the missing subnets, and everything that the driver chooses.</summary>
    private NetworkRow Complete(IStateReader state, INetworkDriver driver, NetworkRow network, int? prefixLength)
    {
        if (driver.OwnsSubnets(network.Options))
            network = network with { IPAM = network.IPAM with { Config = subnets.Complete(state, network, prefixLength) } };
        return driver.Choose(network, host.View(state));
    }
}
