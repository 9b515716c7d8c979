using System.Net;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Simulation;

/// <summary>What another tool or an admin does to objects of ours.</summary>
internal enum IntrusionKind
{
    /// <summary>Deletes a link of ours.</summary>
    DeleteLink,

    /// <summary>Deletes a link of ours, and creates one of its own under the name.</summary>
    ReplaceLink,

    /// <summary>Renames a link of ours.</summary>
    RenameLink,

    /// <summary>Switches a link of ours off.</summary>
    SwitchOff,

    /// <summary>Changes MTU, group and alias of a link of ours.</summary>
    ChangeLink,

    /// <summary>Changes the Ethernet address of a link of ours.</summary>
    ChangeMac,

    /// <summary>Takes a port of ours off its bridge.</summary>
    TakeOffBridge,

    /// <summary>Removes the addresses of a link of ours.</summary>
    RemoveAddresses,

    /// <summary>Gives the addresses of a link of ours another prefix.</summary>
    ChangePrefix,

    /// <summary>Removes the routes of a link of ours.</summary>
    RemoveRoutes,

    /// <summary>Adds an address of its own to a link of ours.</summary>
    AddAddress,

    /// <summary>Changes settings of a link of ours.</summary>
    ChangeSettings,

    /// <summary>Removes all rules.</summary>
    FlushRules,

    /// <summary>Removes one thing that a network says.</summary>
    RemoveRule,

    /// <summary>Unmounts the namespace of a container.</summary>
    Unmount,

    /// <summary>Unmounts the namespace of a container, and mounts one of its own at its path.</summary>
    ReplaceMount,

    /// <summary>Deletes the name files of a container.</summary>
    DeleteFiles,

    /// <summary>Puts a file of its own in place of a name file.</summary>
    ReplaceFile,

    /// <summary>Switches the host's forwarding off.</summary>
    StopForwarding,

    /// <summary>Links, addresses and a namespace that have nothing to do with ours.</summary>
    AddForeign,
}

/// <summary>Something of another tool's, which must be the same when all is over.</summary>
/// <param name="What">What it is.</param>
/// <param name="Read">Reads it; null where it is gone.</param>
/// <param name="Remove">Takes it away, as its owner does when it is told that it is in the way.</param>
internal sealed record ForeignObject(string What, Func<World, string?> Read, Action<World> Remove)
{
    /// <summary>How it was left.</summary>
    public string? Left { get; init; }
}

/// <summary>What another tool does, before a command or between two of its effects.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Which">To which of those that there are.</param>
/// <param name="Effect">Before which effect of the command; 0 for before the command.</param>
internal sealed record Intrusion(IntrusionKind Kind, int Which, int Effect)
{
    /// <summary>The alias of links that are not ours.</summary>
    public const string ForeignAlias = "of another tool";

    private const string ChangedAlias = "changed",
        NewName = "renamed",
        ForeignText = "127.0.0.1 an.admins.own\n";

    private static readonly MacAddress s_changedMac = MacAddress.Parse("02:00:5e:00:53:02");

    /// <summary>
    /// Whether of name, alias and Ethernet address of a link of ours two were changed, or not given yet by a process that died: too little
    /// says that it is ours.
    /// </summary>
    public static bool IsTaken(WorldLink link) =>
        (
            (bool[])[link.Alias is null or ChangedAlias, link.Mac == s_changedMac, link.Name.StartsWith(NewName, StringComparison.Ordinal)]
        ).Count(static changed => changed) > 1;

    /// <summary>Does it.</summary>
    /// <returns>What is there now that is the other tool's.</returns>
    public IEnumerable<ForeignObject> Act(World world) => [.. Foreign(world).Select(left => left with { Left = left.Read(world) })];

    private IEnumerable<ForeignObject> Foreign(World world)
    {
        WorldLink[] links = [.. world.Host.Links.Values.Where(static link => link.Kind is not null && link.Alias != ForeignAlias)];
        WorldLink? link = links.Length == 0 ? null : links[Which % links.Length];
        switch (Kind)
        {
            case IntrusionKind.DeleteLink when link is not null:
                world.DeleteLink(world.Host, link);
                break;
            case IntrusionKind.ReplaceLink when link is not null:
                world.DeleteLink(world.Host, link);
                return [AddLink(world, link.Name)];
            case IntrusionKind.RenameLink when link is not null && world.Host.Find($"{NewName}{link.Index}") is null:
                link.Name = $"{NewName}{link.Index}";
                break;
            case IntrusionKind.SwitchOff when link is not null:
                world.Host.SetUp(link, false);
                break;
            case IntrusionKind.ChangeLink when link is not null:
                world.Host.SetMtu(link, 1300);
                (link.Group, link.Alias) = (7, ChangedAlias);
                break;
            case IntrusionKind.ChangeMac when link is not null:
                link.Mac = s_changedMac;
                break;
            case IntrusionKind.TakeOffBridge when link is { Master: > 0 }:
                world.Host.SetMaster(link, 0, "");
                break;
            case IntrusionKind.RemoveAddresses or IntrusionKind.ChangePrefix when link is not null:
                foreach (InterfaceAddress address in world.Host.Addresses.Where(address => address.LinkIndex == link.Index).ToArray())
                {
                    world.Host.RemoveAddress(link.Index, address.Address, address.PrefixLength);
                    if (Kind == IntrusionKind.ChangePrefix && address.PrefixLength < 30)
                        world.Host.AddAddress(link, address.Address, address.PrefixLength + 1, "");
                }
                break;
            case IntrusionKind.RemoveRoutes when link is not null:
                world.Host.Routes.RemoveAll(route => route.LinkIndex == link.Index);
                break;
            case IntrusionKind.AddAddress
                when link is { Kind: "bridge" }
                    && !world.Host.Addresses.Exists(static address => address.Address.ToString() == "198.51.100.7"):
                world.Host.AddAddress(link, IPAddress.Parse("198.51.100.7"), 32, "");
                break;
            case IntrusionKind.ChangeSettings when link is not null:
                foreach (string key in (string[])["ipv4/arp_ignore", "ipv4/route_localnet", "ipv6/accept_ra", "ipv6/disable_ipv6"])
                    world.Host.Write($"net/{key.Replace("/", $"/conf/{link.Name}/", StringComparison.Ordinal)}", "1");
                break;
            case IntrusionKind.FlushRules:
                world.Rules.Clear();
                break;
            case IntrusionKind.RemoveRule:
                foreach ((string backend, WorldRules rules) in world.Rules.Where(static rules => rules.Value.Elements.Count > 0).ToArray())
                    world.Rules[backend] = rules with
                    {
                        Elements = rules.Elements.Remove(rules.Elements.Keys.ElementAt(Which % rules.Elements.Count)),
                    };
                break;
            case IntrusionKind.Unmount or IntrusionKind.ReplaceMount:
                string[] paths =
                [
                    .. world
                        .Mounts.Where(mount => world.Namespaces[mount.Value].Find("lo")!.Alias != ForeignAlias)
                        .Select(static mount => mount.Key),
                ];
                if (paths.Length == 0)
                    break;
                string path = paths[Which % paths.Length];
                world.Mounts.Remove(path);
                world.EndUnheld();
                if (Kind == IntrusionKind.ReplaceMount)
                    return [AddMount(world, path)];
                break;
            case IntrusionKind.DeleteFiles or IntrusionKind.ReplaceFile:
                string[] files =
                [
                    .. world.Files.Paths.Where(file =>
                        file.StartsWith($"{World.StateDirectory}/etc/", StringComparison.Ordinal) && world.Files.Read(file) != ForeignText
                    ),
                ];
                if (files.Length == 0)
                    break;
                string file = files[Which % files.Length];
                if (Kind == IntrusionKind.DeleteFiles)
                {
                    world.Files.Delete(file);
                    break;
                }
                world.Files.WriteSynced(file, ForeignText);
                return [new(file, world => world.Files.Read(file), world => world.Files.Delete(file))];
            case IntrusionKind.StopForwarding:
                world.Host.Write("net/ipv4/ip_forward", "0");
                break;
            case IntrusionKind.AddForeign when world.Host.Find("foreign0") is null && !world.Mounts.ContainsKey("/run/netns/foreign"):
                ForeignObject added = AddLink(world, "foreign0");
                world.Host.AddAddress(world.Host.Find("foreign0")!, IPAddress.Parse("172.18.0.1"), 16, "");
                return [added, AddMount(world, "/run/netns/foreign")];
        }
        return [];
    }

    private static ForeignObject AddLink(World world, string name)
    {
        WorldLink added = world.Host.Add("", name, "bridge", MacAddress.Parse("02:00:5e:00:53:01"), 0);
        added.Alias = ForeignAlias;
        return new(
            $"link {name}",
            world => world.Host.Find(name)?.Describe(null),
            world => world.DeleteLink(world.Host, world.Host.Find(name)!)
        );
    }

    private static ForeignObject AddMount(World world, string path)
    {
        WorldNamespace created = world.CreateNamespace();
        created.Find("lo")!.Alias = ForeignAlias;
        world.Files.Delete(path);
        world.Mounts.Add(path, created.Cookie);
        return new(
            $"namespace at {path}",
            world =>
                world.Mounts.TryGetValue(path, out ulong there) ? $"{there} {string.Join('\n', world.Namespaces[there].Describe())}" : null,
            world =>
            {
                world.Mounts.Remove(path);
                world.EndUnheld();
            }
        );
    }
}
