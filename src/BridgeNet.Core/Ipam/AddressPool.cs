using System.Net;
using System.Net.Sockets;
using System.Numerics;
using BridgeNet.Model;

namespace BridgeNet.Ipam;

/// <summary>Chooses and checks the addresses of endpoints.</summary>
internal static class AddressPool
{
    /// <summary>
    /// The next free address after the last assigned one, continuing at the start of the range: so neighbour caches rarely contain an
    /// address that had another owner shortly before.
    /// </summary>
    /// <param name="config">The subnet, and the range for automatic addresses.</param>
    /// <param name="taken">Addresses in use; the gateway and auxiliary addresses need not be included.</param>
    /// <param name="last">The last assigned address; null for none.</param>
    /// <param name="network">The network's name, for the message.</param>
    /// <exception cref="BridgeNetException">NoFreeAddress.</exception>
    public static IPAddress Choose(SubnetRow config, IReadOnlySet<IPAddress> taken, IPAddress? last, string network)
    {
        AddressFamily family = config.Subnet.BaseAddress.AddressFamily;
        (UInt128 first, UInt128 end) = Dynamic(config);
        UInt128 number = last is not null && last.AddressFamily == family ? AddressNumber.Of(last) : end;
        HashSet<IPAddress> held = Held(config);
        // Among so many candidates, one is free unless all are in use.
        UInt128 tries = (UInt128)(taken.Count + held.Count) + 1;
        for (UInt128 i = 0; i < tries && i <= end - first; i++)
        {
            number = number >= end || number < first ? first : number + 1;
            IPAddress address = AddressNumber.ToAddress(number, family);
            if (!held.Contains(address) && !taken.Contains(address))
                return address;
        }
        throw NoneLeft(config, network);
    }

    /// <summary>The last free address of the range, for something that is no endpoint.</summary>
    /// <inheritdoc cref="Choose"/>
    public static IPAddress ChooseLast(SubnetRow config, IReadOnlySet<IPAddress> taken, string network)
    {
        (UInt128 first, UInt128 end) = Dynamic(config);
        HashSet<IPAddress> held = Held(config);
        for (UInt128 number = end; number >= first && end - number <= (UInt128)(taken.Count + held.Count); number--)
        {
            IPAddress address = AddressNumber.ToAddress(number, config.Subnet.BaseAddress.AddressFamily);
            if (!held.Contains(address) && !taken.Contains(address))
                return address;
        }
        throw NoneLeft(config, network);
    }

    /// <summary>The configuration with its counts.</summary>
    public static SubnetRow Count(SubnetRow config, IReadOnlySet<IPAddress> taken)
    {
        HashSet<IPAddress> all = Held(config);
        all.UnionWith(taken.Where(config.Subnet.Contains));
        (UInt128 first, UInt128 last) = Dynamic(config);
        int dynamic = all.Count(address => AddressNumber.Of(address) is var number && number >= first && number <= last);
        return config with { UsedAddresses = all.Count, FreeAddresses = (BigInteger)(last - first) + 1 - dynamic };
    }

    /// <summary>Why a requested address cannot be used; null if it can.</summary>
    /// <param name="text">The address as typed.</param>
    /// <param name="config">The network's subnet.</param>
    /// <param name="owner">Returns the owner of an address, as text; null if it is free.</param>
    /// <param name="network">The network's name, for the message.</param>
    /// <param name="address">The address, if it can be used.</param>
    public static Problem? Check(string text, SubnetRow config, Func<IPAddress, string?> owner, string network, out IPAddress? address)
    {
        AddressFamily family = config.Subnet.BaseAddress.AddressFamily;
        address = AddressNumber.Parse(text);
        if (address?.AddressFamily != family)
        {
            return new(
                ErrorIds.InvalidOption,
                ProblemCategory.InvalidArgument,
                $"'{text}' is not an {Name(family)} address, such as {AddressNumber.ToAddress(AddressNumber.Usable(config.Subnet).Last, family)}.",
                text
            );
        }
        if (!config.Subnet.Contains(address))
            return new(
                ErrorIds.AddressOutsideSubnet,
                ProblemCategory.InvalidArgument,
                $"The address {address} is outside {config.Subnet}, the subnet of network '{network}'; choose one inside it.",
                text
            );
        IPAddress asked = address;
        UsableAddresses usable = new(config.Subnet);
        if (!usable.Contains(asked))
            return new(
                ErrorIds.AddressInUse,
                ProblemCategory.ResourceExists,
                $"The address {address} is the {usable.Meaning(asked)} address of {config.Subnet}; choose another.",
                text
            );
        string? by =
            address.Equals(config.Gateway) ? "the gateway"
            : config.AuxiliaryAddresses.FirstOrDefault(aux => aux.Value.Equals(asked)) is { Key: { } name } ? $"auxiliary address '{name}'"
            : owner(address);
        return by is null
            ? null
            : new(
                ErrorIds.AddressInUse,
                ProblemCategory.ResourceExists,
                $"The address {address} is in use on network '{network}' by {by}; choose another.",
                text
            );
    }

    public static string Name(AddressFamily family) => family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";

    /// <summary>The range for automatic addresses: the usable part of the subnet, or the requested range in it.</summary>
    private static (UInt128 First, UInt128 Last) Dynamic(SubnetRow config)
    {
        (UInt128 first, UInt128 last) = AddressNumber.Usable(config.Subnet);
        return config.IPRange is { } range
            ? (UInt128.Max(first, AddressNumber.Of(range.First)), UInt128.Min(last, AddressNumber.Of(range.Last)))
            : (first, last);
    }

    private static BridgeNetException NoneLeft(SubnetRow config, string network) =>
        new(
            ErrorIds.NoFreeAddress,
            ProblemCategory.LimitsExceeded,
            $"No free address is left in {(config.IPRange is { } range ? $"{range}, the range of network '{network}'" : $"{config.Subnet}, the subnet of network '{network}'")}; "
                + "disconnect a container, or create a network with a larger range or subnet.",
            config.IPRange is { } target ? target : config.Subnet
        );

    private static HashSet<IPAddress> Held(SubnetRow config)
    {
        HashSet<IPAddress> held = [.. config.AuxiliaryAddresses.Values];
        if (config.Gateway is { } gateway)
            held.Add(gateway);
        return held;
    }
}
