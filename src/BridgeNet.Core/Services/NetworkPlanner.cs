using System.Net;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Drivers;
using BridgeNet.Ipam;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Chooses everything of a new network.</summary>
/// <param name="host">The host, of which a network must keep clear.</param>
internal sealed class NetworkPlanner(OpenHost host)
{
    /// <summary>The network that containers are on when none is named; made when it is first used, and gone with its last endpoint.</summary>
    public const string Default = "bridge";

    /// <summary>The driver of a network that is only a configuration: Docker's.</summary>
    private const string Configuration = "null";

    /// <summary>The kernel's name of the default network's bridge: Docker's, unless Docker, or somebody, has a link of that name.</summary>
    private const string DefaultBridge = "docker0",
        OtherDefaultBridge = "bridgenet0";

    /// <summary>The predefined network <c>bridge</c>, with the options that Docker shows of it.</summary>
    public NetworkRow PlanDefault(IStateReader state)
    {
        NetworkRow predefined = StateLookup.Predefined[0];
        NetworkRequest request = new(Default)
        {
            Options = new Dictionary<string, string>
            {
                [NetworkOptions.DefaultBridge] = "true",
                [NetworkOptions.EnableIcc] = "true",
                [NetworkOptions.EnableMasquerade] = "true",
                [NetworkOptions.HostBindingIPv4] = "0.0.0.0",
                [NetworkOptions.BridgeName] = host.Links.FindLink(DefaultBridge) is null ? DefaultBridge : OtherDefaultBridge,
            },
        };
        NetworkRow chosen = Complete(
            state,
            host.Desired.Drivers.Of(predefined),
            predefined with
            {
                Created = DateTimeOffset.UtcNow,
                Options = request.Options,
            },
            request
        );
        return chosen with { Options = new Dictionary<string, string>(chosen.Options) { [NetworkOptions.Mtu] = $"{chosen.Mtu}" } };
    }

    /// <summary>Everything of a new network; every reason that speaks against it is reported together.</summary>
    public NetworkRow Plan(IStateReader state, NetworkRequest request, ChangeContext context)
    {
        List<Problem> problems = [];
        CheckNetworkName(state, request.Name, problems);
        request = TakeConfiguration(state, request, problems);
        INetworkDriver driver = FindDriver(request, problems);
        bool ipv6 = request.EnableIPv6 || request.Subnets.Any(static subnet => subnet.Contains(':'));
        if (!request.EnableIPv4 && !ipv6)
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    "Without IPv4 a network needs IPv6; add -IPv6, or leave -NoIPv4 out.",
                    request.Name
                )
            );
        if (!request.EnableIPv4 && request.Subnets.FirstOrDefault(static subnet => subnet.Contains('.')) is { } unwanted)
            problems.Add(
                new(
                    ErrorIds.InvalidSubnet,
                    ProblemCategory.InvalidArgument,
                    $"The network is to be without IPv4, but {unwanted} is an IPv4 subnet; leave one of both out.",
                    request.Name
                )
            );
        if (ipv6 && !request.ConfigOnly && Sysctl.Read("net/ipv6/conf/all/forwarding") is null)
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.NotImplemented,
                    "This kernel has no IPv6: its module is missing, or it was started with ipv6.disable=1. Create the network without IPv6.",
                    request.Name
                )
            );
        if (request.PrefixLength is { } length && (length is < 8 or > 30 || request.Subnets.Any(static subnet => subnet.Contains('.'))))
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    "-PrefixLength is the length of an automatic IPv4 subnet, from 8 to 30; it does not go with an IPv4 -Subnet.",
                    request.Name
                )
            );
        }
        host.Desired.Drivers.CheckOptions(
            request.ConfigOnly ? null : driver,
            request.Options,
            request.Internal,
            ipv6,
            problems,
            context.Warning,
            request.Name
        );
        if (request.Labels.ContainsKey(""))
            problems.Add(NoLabelName(request.Name));
        IHostView view = host.View(state);
        if (!request.ConfigOnly)
            driver.Check(request, view, problems);

        IpamRequest ipam = new()
        {
            Subnets = request.Subnets,
            Gateways = request.Gateways,
            IPRanges = request.IPRanges,
            AuxAddresses = request.AuxAddresses,
        };
        IReadOnlyList<SubnetRow> given = ipam.Check(
            family => NetworkOptions.Mode(request.Options, family) != GatewayMode.Isolated,
            problems,
            request.Name
        );
        int own = driver.Taken(request.Options, view)?.Index ?? 0;
        foreach (SubnetRow config in !request.ConfigOnly && driver.Capabilities.HasFlag(DriverCapabilities.OwnsSubnets) ? given : [])
        {
            HostRanges ranges = Ranges(state, config.Subnet.BaseAddress.AddressFamily);
            if (ranges.FindOverlap(config.Subnet, except: own) is { } taken)
            {
                problems.Add(
                    new(
                        ErrorIds.SubnetOverlaps,
                        ProblemCategory.ResourceExists,
                        $"The subnet {config.Subnet} overlaps with {ranges.Whose(taken)}; choose one that is clear of it.",
                        request.Name
                    )
                );
            }
        }
        foreach (
            AddressFamily family in AddressNumber.Families.Where(family => family == AddressFamily.InterNetwork ? request.EnableIPv4 : ipv6)
        )
        {
            if (
                !request.ConfigOnly
                && !driver.Capabilities.HasFlag(DriverCapabilities.OwnsSubnets)
                && given.All(config => config.Subnet.BaseAddress.AddressFamily != family)
            )
            {
                problems.Add(
                    new(
                        ErrorIds.InvalidSubnet,
                        ProblemCategory.InvalidArgument,
                        $"A network of driver '{driver.Name}' has the {AddressPool.Name(family)} subnet of what is outside of it, which only you know; give it with -Subnet.",
                        request.Name
                    )
                );
            }
        }
        if (problems.Count > 0)
            throw new BridgeNetException(problems);

        NetworkRow network = new()
        {
            Name = request.Name,
            Id = NameRules.NewId(),
            Created = DateTimeOffset.UtcNow,
            Driver = request.ConfigOnly ? Configuration : driver.Name,
            EnableIPv4 = request.EnableIPv4,
            EnableIPv6 = ipv6,
            Internal = request.Internal,
            Attachable = request.Attachable,
            ConfigOnly = request.ConfigOnly,
            ConfigFrom = request.ConfigFrom ?? "",
            IPAM = new IpamRow { Options = new Dictionary<string, string>(), Config = given },
            Options = request.Options,
            Labels = request.Labels,
        };
        return request.ConfigOnly ? network : Complete(state, driver, network, request);
    }

    private INetworkDriver FindDriver(NetworkRequest request, List<Problem> problems)
    {
        NetworkDrivers drivers = host.Desired.Drivers;
        INetworkDriver? found = request.Driver.Length == 0 ? drivers.Usual : drivers.Find(request.Driver);
        if (found?.Capabilities.HasFlag(DriverCapabilities.CanBeCreated) == true)
            return found;
        problems.Add(
            new(
                ErrorIds.DriverUnknown,
                ProblemCategory.InvalidArgument,
                found is not null
                    ? $"There is one network of driver '{request.Driver}' and it is there already; choose another driver: {drivers.Choices}."
                    : $"There is no network driver '{request.Driver}'; choose one of these: {drivers.Choices}.",
                request.Name
            )
        );
        return drivers.Usual;
    }

    /// <summary>The network with the subnets that nobody gave it, and all that its driver chooses.</summary>
    private NetworkRow Complete(IStateReader state, INetworkDriver driver, NetworkRow network, NetworkRequest request)
    {
        List<SubnetRow> configs = [.. network.IPAM.Config];
        if (driver.Capabilities.HasFlag(DriverCapabilities.OwnsSubnets))
        {
            if (network.EnableIPv4 && network.Config(AddressFamily.InterNetwork) is null)
                configs.Add(Automatic(network, SubnetPool.Choose(Ranges(state, AddressFamily.InterNetwork).Taken(), request.PrefixLength)));
            if (network.EnableIPv6 && network.Config(AddressFamily.InterNetworkV6) is null)
                configs.Add(
                    Automatic(
                        network,
                        SubnetPool.ChooseIPv6(SubnetPool.UniqueLocal(HostId.Read()), Ranges(state, AddressFamily.InterNetworkV6).Taken())
                    )
                );
        }
        return driver.Choose(network with { IPAM = network.IPAM with { Config = configs } }, host.View(state));
    }

    private HostRanges Ranges(IStateReader state, AddressFamily family) => new(host.Links, host.Ranges, state, family);

    private static SubnetRow Automatic(NetworkRow network, IPNetwork subnet)
    {
        List<Problem> none = [];
        SubnetRow config =
            new IpamRequest { Subnets = [subnet.ToString()] }
                .Check(family => network.Mode(family) != GatewayMode.Isolated, none, network.Name)
                .FirstOrDefault()
            ?? throw new BridgeNetException(none);
        return config with { Automatic = true };
    }

    /// <summary>That a label has no name.</summary>
    public static Problem NoLabelName(string network) =>
        new(ErrorIds.InvalidOption, ProblemCategory.InvalidArgument, "A label needs a name; leave the empty one out.", network);

    private static void CheckNetworkName(IStateReader state, string name, List<Problem> problems)
    {
        if (NameRules.Predefined.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } predefined)
        {
            problems.Add(
                new(
                    ErrorIds.PredefinedNetwork,
                    ProblemCategory.InvalidOperation,
                    $"'{predefined}' is a predefined network, which is always there and cannot be made; choose another name.",
                    name
                )
            );
            return;
        }
        NameRules.Check("network", name, problems);
        if (NameRules.MayBeShownId(name) && state.NetworksByIdPrefix(name) is [var shadowed, ..])
            problems.Add(NameRules.IsIdOf("network", name, shadowed.Name));
        if (state.FindNetworkInAnyCase(name) is { } other)
        {
            problems.Add(
                new(
                    ErrorIds.NetworkExists,
                    ProblemCategory.ResourceExists,
                    $"A network '{other.Name}' exists already (id {other.ShortId}); choose another name, or remove it with Remove-BridgeNetwork.",
                    name
                )
            );
        }
    }

    /// <summary>The request with the configuration of another network; one's own does not go with it (Docker's rule).</summary>
    private static NetworkRequest TakeConfiguration(IStateReader state, NetworkRequest request, List<Problem> problems)
    {
        if (request.ConfigFrom is not { } name)
            return request;
        if (
            request.ConfigOnly
            || request.Subnets.Count + request.Gateways.Count + request.IPRanges.Count + request.AuxAddresses.Count + request.Options.Count
                > 0
            || request.PrefixLength is not null
        )
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidArgument,
                    $"A network that takes its configuration from '{name}' has none of its own; leave the subnets, gateways, ranges, addresses and options out, or -ConfigFrom.",
                    request.Name
                )
            );
        }
        if (state.FindNetwork(name) is not { ConfigOnly: true } source)
        {
            problems.Add(
                new(
                    ErrorIds.NetworkNotFound,
                    ProblemCategory.ObjectNotFound,
                    $"There is no configuration network '{name}'; make it with New-BridgeNetwork {name} -ConfigOnly.",
                    request.Name
                )
            );
            return request;
        }
        return request with
        {
            Subnets = [.. source.IPAM.Config.Select(static config => config.Subnet.ToString())],
            Gateways = [.. source.IPAM.Config.Select(static config => config.Gateway?.ToString()).OfType<string>()],
            IPRanges = [.. source.IPAM.Config.Select(static config => config.IPRange?.ToString()).OfType<string>()],
            AuxAddresses = source
                .IPAM.Config.SelectMany(static config => config.AuxiliaryAddresses)
                .ToDictionary(static aux => aux.Key, static aux => aux.Value.ToString()),
            EnableIPv4 = source.EnableIPv4,
            EnableIPv6 = request.EnableIPv6 || source.EnableIPv6,
            Internal = request.Internal || source.Internal,
            Options = source.Options,
            Labels = request.Labels.Count > 0 ? request.Labels : source.Labels,
        };
    }

    /// <summary>The host's forwarding that has to be switched on for a network.</summary>
    public IReadOnlyList<HostSetting> Forwarding(NetworkRow network, Action<string> warn)
    {
        HostSetting[] off =
        [
            .. host
                .Desired.Drivers.Of(network)
                .Forwarding(network)
                .Where(static wanted => Sysctl.Read(wanted.Setting.Key) == wanted.Setting.Otherwise),
        ];
        if (
            off.Any(static wanted => wanted.Setting.Key.StartsWith("net/ipv6", StringComparison.Ordinal))
            && AcceptsAdvertisements() is { Count: > 0 } uplinks
        )
            warn(
                $"IPv6 forwarding is switched on, so {string.Join(", ", uplinks.Select(ShellWord.Of))} will no longer take router advertisements; set net.ipv6.conf.<interface>.accept_ra=2 where the host needs them."
            );
        return off;
    }

    /// <summary>Interfaces that get their addresses from router advertisements only as long as the host does not forward (accept_ra 1).</summary>
    private IReadOnlyList<string> AcceptsAdvertisements() =>
        [
            .. host
                .Links.GetLinks()
                .Where(link =>
                    link.Up && link.Kind is null && link.Name != "lo" && Sysctl.Read($"net/ipv6/conf/{link.Name}/accept_ra") == "1"
                )
                .Select(static link => link.Name),
        ];
}
