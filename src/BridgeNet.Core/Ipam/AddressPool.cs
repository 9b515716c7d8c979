using System.Net;
using BridgeNet.Model;

namespace BridgeNet.Ipam;

/// <summary>Chooses and checks the addresses of endpoints.</summary>
internal static class AddressPool
{
    /// <summary>
    /// The next free address after the last one given, around the end of the subnet: a neighbour's cache seldom meets an address that had another owner a moment ago.
    /// </summary>
    /// <exception cref="BridgeNetException">NoFreeAddress.</exception>
    public static IPAddress Choose(IPNetwork subnet, IPAddress? gateway, IReadOnlySet<IPAddress> taken, IPAddress? last)
    {
        (uint first, uint end) = AddressNumber.Usable(subnet);
        uint start = last is not null && subnet.Contains(last) ? AddressNumber.Of(last) : end;
        // Of so many candidates one is free, or all are taken.
        ulong tries = Math.Min((ulong)end - first + 1, (ulong)taken.Count + 2);
        uint number = start;
        for (ulong i = 0; i < tries; i++)
        {
            number = number >= end || number < first ? first : number + 1;
            IPAddress address = AddressNumber.ToAddress(number);
            if (!address.Equals(gateway) && !taken.Contains(address))
                return address;
        }
        throw new BridgeNetException(ErrorIds.NoFreeAddress, ProblemCategory.LimitsExceeded,
            $"No address is left in {subnet}; disconnect a container, or make a network with a larger subnet.", subnet);
    }

    /// <summary>What speaks against an address that was asked for; null when it can be had.</summary>
    /// <param name="text">As typed.</param>
    /// <param name="subnet">The network's subnet.</param>
    /// <param name="owner">Who has an address, in words; null for nobody.</param>
    /// <param name="network">The network's name, for the sentence.</param>
    /// <param name="address">The address, when nothing speaks against it.</param>
    public static Problem? Check(string text, IPNetwork subnet, Func<IPAddress, string?> owner, string network, out IPAddress? address)
    {
        address = SubnetRequest.ParseAddress(text);
        if (address is null)
            return new(ErrorIds.InvalidOption, ProblemCategory.InvalidArgument, $"'{text}' is not an IPv4 address, such as {AddressNumber.ToAddress(AddressNumber.Usable(subnet).Last)}.", text);
        if (!subnet.Contains(address))
            return new(ErrorIds.AddressOutsideSubnet, ProblemCategory.InvalidArgument, $"The address {address} is outside {subnet}, the subnet of network '{network}'.", text);
        (uint first, uint last) = AddressNumber.Usable(subnet);
        uint number = AddressNumber.Of(address);
        if (number < first || number > last)
        {
            return new(ErrorIds.AddressInUse, ProblemCategory.ResourceExists,
                $"The address {address} is the {(number < first ? "network" : "broadcast")} address of {subnet}; choose another.", text);
        }
        return owner(address) is { } by
            ? new(ErrorIds.AddressInUse, ProblemCategory.ResourceExists, $"The address {address} is in use on network '{network}' by {by}; choose another.", text)
            : null;
    }
}
