using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BridgeNet.Model;

namespace BridgeNet.Ipam;

/// <summary>The subnets, gateways, ranges and reserved addresses that a user typed for a network, as text.</summary>
internal sealed record IpamRequest
{
    /// <summary>CIDRs, at most one of each family.</summary>
    public IReadOnlyList<string> Subnets { get; init; } = [];

    /// <summary>Addresses of the bridge, each in one of the subnets.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];

    /// <summary>Where automatic addresses come from, each a part of one of the subnets.</summary>
    public IReadOnlyList<string> IPRanges { get; init; } = [];

    /// <summary>Addresses that are never given out, by name.</summary>
    public IReadOnlyDictionary<string, string> AuxAddresses { get; init; } = new Dictionary<string, string>();

    private static readonly (IPNetwork Range, string What)[] s_unusable =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "\"this network\""),
        (IPNetwork.Parse("127.0.0.0/8"), "loopback"),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast"),
        (IPNetwork.Parse("240.0.0.0/4"), "reserved"),
        (IPNetwork.Parse("::/8"), "reserved"),
        (IPNetwork.Parse("fe80::/10"), "link-local"),
        (IPNetwork.Parse("ff00::/8"), "multicast"),
    ];

    /// <summary>The configs in the order of the subnets, each with a gateway (its first address where none is given); problems are added, all of them.</summary>
    /// <param name="withGateway">Says of a family whether the network has a gateway in it.</param>
    /// <param name="problems">What is wrong is added here.</param>
    /// <param name="target">The network's name.</param>
    public IReadOnlyList<SubnetRow> Check(Func<AddressFamily, bool> withGateway, ICollection<Problem> problems, string target)
    {
        List<SubnetRow> configs = [];
        bool allRead = true;
        foreach (string text in Subnets)
        {
            if (ParseSubnet(text, problems, target) is not { } subnet)
                allRead = false;
            else if (configs.Exists(other => other.Subnet.BaseAddress.AddressFamily == subnet.BaseAddress.AddressFamily))
                Add(
                    problems,
                    ErrorIds.InvalidSubnet,
                    $"A network has one subnet of each address family, and {text} is a second {AddressPool.Name(subnet.BaseAddress.AddressFamily)} one; make another network for it.",
                    target
                );
            else
                configs.Add(new SubnetRow { Subnet = subnet });
        }
        // A gateway that fits no subnet is reported only where every subnet was understood.
        foreach (string text in IPRanges)
        {
            if (HostBits(text) is { } meant)
            {
                Add(problems, ErrorIds.InvalidSubnet, $"The ip-range '{text}' has host bits set; did you mean {meant}?", target);
                continue;
            }
            Place(
                configs,
                text,
                "ip-range",
                ErrorIds.InvalidSubnet,
                AddressRange.TryParse(text, null, out AddressRange range),
                range,
                "a range of addresses, such as 10.20.5.0/24 or 10.20.5.10-10.20.5.99",
                static range => range.First,
                (config, range) => WithRange(config, range, text, problems, target),
                allRead,
                problems,
                target
            );
        }
        foreach (string text in Gateways)
            Place(
                configs,
                text,
                "gateway",
                ErrorIds.InvalidGateway,
                AddressNumber.Parse(text) is not null,
                AddressNumber.Parse(text)!,
                "an address, such as 10.20.0.1",
                static address => address,
                (config, address) => WithGateway(config, address, problems, target),
                allRead,
                problems,
                target
            );
        for (int i = 0; i < configs.Count; i++)
        {
            if (configs[i].Gateway is null && withGateway(configs[i].Subnet.BaseAddress.AddressFamily))
                configs[i] = configs[i] with { Gateway = FirstFree(configs[i]) };
        }
        foreach ((string name, string text) in AuxAddresses.OrderBy(aux => aux.Key, StringComparer.Ordinal))
            Place(
                configs,
                text,
                $"auxiliary address '{name}'",
                ErrorIds.InvalidOption,
                AddressNumber.Parse(text) is not null,
                AddressNumber.Parse(text)!,
                "an address, such as 10.20.0.9",
                static address => address,
                (config, address) => WithAux(config, name, address, problems, target),
                allRead,
                problems,
                target
            );
        return configs;
    }

    /// <summary>The subnet that is meant by a CIDR with host bits, which .NET clears without a word; null for anything else.</summary>
    private static IPNetwork? HostBits(string text) =>
        text.Split('/') is [var address, _]
        && AddressNumber.Parse(address) is { } typed
        && IPNetwork.TryParse(text, out IPNetwork meant)
        && !meant.BaseAddress.Equals(typed)
            ? meant
            : null;

    /// <summary>A CIDR without host bits, in a range that a network can use.</summary>
    private static IPNetwork? ParseSubnet(string text, ICollection<Problem> problems, string target)
    {
        string[] parts = text.Split('/');
        if (
            parts.Length != 2
            || AddressNumber.Parse(parts[0]) is not { } address
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            || length > AddressNumber.Bits(address.AddressFamily)
        )
        {
            Add(
                problems,
                ErrorIds.InvalidSubnet,
                $"The subnet '{text}' is not in CIDR form, such as 10.20.0.0/16 or fd00:20::/64.",
                target
            );
            return null;
        }
        IPNetwork meant = AddressNumber.Subnet(address, length);
        if (!meant.BaseAddress.Equals(address))
        {
            Add(problems, ErrorIds.InvalidSubnet, $"The subnet '{text}' has host bits set; did you mean {meant}?", target);
            return null;
        }
        foreach ((IPNetwork range, string what) in s_unusable)
        {
            if (range.Contains(address) || meant.Contains(range.BaseAddress))
            {
                Add(
                    problems,
                    ErrorIds.InvalidSubnet,
                    $"The subnet {meant} is in the {what} range {range}, which no network can use.",
                    target
                );
                return null;
            }
        }
        return meant;
    }

    /// <summary>Puts something where it belongs: into the config whose subnet it lies in.</summary>
    private static void Place<T>(
        List<SubnetRow> configs,
        string text,
        string what,
        string errorId,
        bool read,
        T value,
        string form,
        Func<T, IPAddress> at,
        Func<SubnetRow, T, SubnetRow> put,
        bool allRead,
        ICollection<Problem> problems,
        string target
    )
    {
        if (!read)
        {
            Add(problems, errorId, $"The {what} '{text}' is not {form}.", target);
            return;
        }
        int index = configs.FindIndex(config => config.Subnet.Contains(at(value)));
        if (index >= 0)
            configs[index] = put(configs[index], value);
        else if (allRead && configs.Count == 0)
            Add(problems, errorId, $"The {what} {text} needs a subnet to lie in; give -Subnet too.", target);
        else if (allRead)
            Add(problems, errorId, $"The {what} {text} is outside the subnet {string.Join(" and ", configs)}.", target);
    }

    private static SubnetRow WithRange(SubnetRow config, AddressRange range, string text, ICollection<Problem> problems, string target)
    {
        if (config.IPRange is not null)
            Add(
                problems,
                ErrorIds.InvalidSubnet,
                $"The subnet {config.Subnet} has the ip-range {config.IPRange} already; give one.",
                target
            );
        else if (!config.Subnet.Contains(range.Last))
            Add(problems, ErrorIds.InvalidSubnet, $"The ip-range {text} is larger than its subnet {config.Subnet}.", target);
        else if (!HasUsable(config.Subnet, range))
            Add(
                problems,
                ErrorIds.InvalidSubnet,
                $"The ip-range {text} holds no address of {config.Subnet} that a container can have; use some from {UsableRange(config.Subnet)}.",
                target
            );
        return config with { IPRange = range };
    }

    private static SubnetRow WithGateway(SubnetRow config, IPAddress gateway, ICollection<Problem> problems, string target)
    {
        if (config.Gateway is not null)
            Add(
                problems,
                ErrorIds.InvalidGateway,
                $"The subnet {config.Subnet} has the gateway {config.Gateway} already; give one.",
                target
            );
        else if (!IsUsable(config.Subnet, gateway))
            Add(
                problems,
                ErrorIds.InvalidGateway,
                $"The gateway {gateway} is the {Reserved(config.Subnet, gateway)} address of {config.Subnet}; use one from {UsableRange(config.Subnet)}.",
                target
            );
        return config with { Gateway = gateway };
    }

    private static SubnetRow WithAux(SubnetRow config, string name, IPAddress address, ICollection<Problem> problems, string target)
    {
        if (!IsUsable(config.Subnet, address))
            Add(
                problems,
                ErrorIds.InvalidOption,
                $"The auxiliary address '{name}' {address} is the {Reserved(config.Subnet, address)} address of {config.Subnet}; use one from {UsableRange(config.Subnet)}.",
                target
            );
        else if (address.Equals(config.Gateway))
            Add(
                problems,
                ErrorIds.AddressInUse,
                $"The auxiliary address '{name}' {address} is the gateway; give another, or another -Gateway.",
                target
            );
        else if (config.AuxiliaryAddresses.FirstOrDefault(other => other.Value.Equals(address)).Key is { } other)
            Add(
                problems,
                ErrorIds.AddressInUse,
                $"The auxiliary addresses '{other}' and '{name}' are the same, {address}; give each its own.",
                target
            );
        return config with { AuxiliaryAddresses = new Dictionary<string, IPAddress>(config.AuxiliaryAddresses) { [name] = address } };
    }

    /// <summary>Docker's choice: the first address of the range if one is given, else of the subnet.</summary>
    private static IPAddress FirstFree(SubnetRow config)
    {
        (UInt128 first, _) = AddressNumber.Usable(config.Subnet);
        if (config.IPRange is { } range)
            first = UInt128.Max(first, AddressNumber.Of(range.First));
        return AddressNumber.ToAddress(first, config.Subnet.BaseAddress.AddressFamily);
    }

    private static bool IsUsable(IPNetwork subnet, IPAddress address)
    {
        (UInt128 first, UInt128 last) = AddressNumber.Usable(subnet);
        UInt128 number = AddressNumber.Of(address);
        return number >= first && number <= last;
    }

    private static bool HasUsable(IPNetwork subnet, AddressRange range)
    {
        (UInt128 first, UInt128 last) = AddressNumber.Usable(subnet);
        return AddressNumber.Of(range.First) <= last && AddressNumber.Of(range.Last) >= first;
    }

    private static string Reserved(IPNetwork subnet, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? "subnet-router anycast"
        : address.Equals(subnet.BaseAddress) ? "network"
        : "broadcast";

    private static string UsableRange(IPNetwork subnet)
    {
        (UInt128 first, UInt128 last) = AddressNumber.Usable(subnet);
        AddressFamily family = subnet.BaseAddress.AddressFamily;
        return $"{AddressNumber.ToAddress(first, family)} to {AddressNumber.ToAddress(last, family)}";
    }

    private static void Add(ICollection<Problem> problems, string errorId, string message, string target) =>
        problems.Add(
            new(
                errorId,
                errorId == ErrorIds.AddressInUse ? ProblemCategory.ResourceExists : ProblemCategory.InvalidArgument,
                message,
                target
            )
        );
}
