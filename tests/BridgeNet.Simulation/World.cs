using System.Net;
using BridgeNet.Netlink;

namespace BridgeNet.Simulation;

/// <summary>A modelled machine: everything that stays when a process ends, as plain data.</summary>
internal sealed class World
{
    /// <summary>The state directory.</summary>
    public const string StateDirectory = "/var/lib/bridgenet";

    /// <summary>Where namespaces of containers are kept.</summary>
    public const string NamespaceDirectory = "/var/lib/bridgenet/netns";

    /// <summary>The name of the bridge that an admin made, which is down.</summary>
    public const string AdminsBridge = "adm0";

    private const ulong FirstInode = 4_026_532_000;

    private ulong _lastCookie;

    private int _lastMac;

    /// <summary>A machine that was just booted.</summary>
    public World()
    {
        Host = CreateHost();
        Files.WriteSynced("/etc/resolv.conf", "nameserver 192.0.2.53\n");
        Files.WriteSynced("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    }

    private World(World original)
    {
        _lastCookie = original._lastCookie;
        _lastMac = original._lastMac;
        Boot = original.Boot;
        foreach ((ulong cookie, WorldNamespace space) in original.Namespaces)
            Namespaces.Add(cookie, space.Clone());
        Host = Namespaces[original.Host.Cookie];
        foreach ((string path, ulong cookie) in original.Mounts)
            Mounts.Add(path, cookie);
        Handles.AddRange(original.Handles);
        foreach ((string backend, WorldRules rules) in original.Rules)
            Rules.Add(backend, rules);
        Files = original.Files.Clone();
        State = original.State.Clone();
    }

    /// <summary>How often it was booted.</summary>
    public int Boot { get; private set; } = 1;

    /// <summary>The network namespace of the host.</summary>
    public WorldNamespace Host { get; private set; }

    /// <summary>All network namespaces, by cookie.</summary>
    public SortedDictionary<ulong, WorldNamespace> Namespaces { get; } = [];

    /// <summary>The bind mounts of namespaces, by path.</summary>
    public SortedDictionary<string, ulong> Mounts { get; } = new(StringComparer.Ordinal);

    /// <summary>The open handles of namespaces: the process and the cookie.</summary>
    public List<(int Process, ulong Cookie)> Handles { get; } = [];

    /// <summary>The rules of each backend, in the host's namespace.</summary>
    public SortedDictionary<string, WorldRules> Rules { get; } = new(StringComparer.Ordinal);

    /// <summary>The files.</summary>
    public WorldFiles Files { get; } = new();

    /// <summary>The definitions, and who may change them.</summary>
    public WorldState State { get; } = new();

    /// <summary>The boot id.</summary>
    public string BootId => $"00000000-0000-4000-8000-{Boot:x12}";

    /// <summary>A MAC address of the kernel's choice.</summary>
    public MacAddress ChooseMac() => new([0x0a, 0, 0, (byte)(++_lastMac >> 16), (byte)(_lastMac >> 8), (byte)_lastMac]);

    /// <summary>Creates a namespace. Inode numbers of those that ended are given again at once.</summary>
    public WorldNamespace CreateNamespace()
    {
        ulong inode = FirstInode;
        while (Namespaces.Values.Any(space => space.Inode == inode))
            inode++;
        WorldNamespace created = new(++_lastCookie, inode);
        Namespaces.Add(created.Cookie, created);
        return created;
    }

    /// <summary>Ends the namespaces that nothing holds any more, with their links.</summary>
    public void EndUnheld()
    {
        foreach (
            WorldNamespace space in Namespaces
                .Values.Where(space =>
                    space != Host && !Mounts.ContainsValue(space.Cookie) && Handles.TrueForAll(handle => handle.Cookie != space.Cookie)
                )
                .ToArray()
        )
        {
            foreach (WorldLink link in space.Links.Values.ToArray())
                DeleteLink(space, link);
            Namespaces.Remove(space.Cookie);
        }
    }

    /// <summary>
    /// The host's namespace as the boot makes it, with a bridge that an admin configured: networks may be asked to take it.
    /// </summary>
    private WorldNamespace CreateHost()
    {
        WorldNamespace host = CreateNamespace();
        host.SetUp(host.Links.Values.First(), true);
        WorldLink bridge = host.Add("", AdminsBridge, "bridge", MacAddress.Parse("02:00:5e:00:53:03"), 0);
        bridge.Alias = Intrusion.ForeignAlias;
        host.AddAddress(bridge, IPAddress.Parse("203.0.113.1"), 24, "");
        return host;
    }

    /// <summary>A process ended: what it held is free.</summary>
    public void EndProcess(int process)
    {
        Handles.RemoveAll(handle => handle.Process == process);
        State.Release(process);
        EndUnheld();
    }

    /// <summary>Creates a veth pair.</summary>
    /// <exception cref="NetlinkException">EEXIST, EINVAL, EOPNOTSUPP.</exception>
    public WorldLink CreateVeth(
        WorldNamespace space,
        string words,
        string name,
        MacAddress mac,
        int mtu,
        int master,
        uint group,
        WorldNamespace peerSpace,
        string peerName,
        MacAddress peerMac
    )
    {
        space.RequireFree(words, name);
        peerSpace.RequireFree(words, peerName);
        space.RequireBridge(words, master);
        WorldLink peer = peerSpace.Add(words, peerName, "veth", peerMac, 0, space.Cookie),
            link = space.Add(words, name, "veth", mac, group, peerSpace.Cookie);
        (peer.PeerIndex, link.PeerIndex) = (link.Index, peer.Index);
        (peer.Mtu, link.Mtu, link.Up) = (mtu, mtu, true);
        if (master != 0)
            space.SetMaster(link, master, words);
        return link;
    }

    /// <summary>Deletes a link, of a veth pair both ends, and those that are on it.</summary>
    public void DeleteLink(WorldNamespace space, WorldLink link)
    {
        foreach ((WorldNamespace other, WorldLink upper) in UpperLinks.On(this, space, link).ToArray())
            DeleteLink(other, upper);
        space.Remove(link);
        if (space == Host)
        {
            foreach ((string backend, WorldRules rules) in Rules.ToArray())
                Rules[backend] = rules.WithoutLink(link.Name);
        }
        if (
            link is { PeerNamespace: not 0, Upper: null }
            && Namespaces.GetValueOrDefault(link.PeerNamespace)?.Links.GetValueOrDefault(link.PeerIndex) is { } peer
            && peer.PeerIndex == link.Index
        )
            DeleteLink(Namespaces[link.PeerNamespace], peer);
    }

    /// <summary>The power is cut, and the machine boots: the kernel has forgotten everything, and the disk what was not synced.</summary>
    public void CutPower(Random random)
    {
        foreach ((int process, _) in Handles.ToArray())
            EndProcess(process);
        Boot++;
        Namespaces.Clear();
        Mounts.Clear();
        Rules.Clear();
        // A cookie is unique within a boot alone.
        _lastCookie = 0;
        Host = CreateHost();
        Files.CutPower(random);
        State.CutPower(random);
    }

    /// <summary>A copy.</summary>
    public World Clone() => new(this);

    /// <summary>All of it in lines, in an order that does not depend on how it came to be.</summary>
    public IReadOnlyList<string> Describe() =>
        [
            .. Host.Describe().Select(static line => $"host: {line}"),
            .. Mounts.SelectMany(mount => Namespaces[mount.Value].Describe().Select(line => $"{mount.Key}: {line}")),
            .. Rules.SelectMany(static rules => rules.Value.Describe(rules.Key)),
            .. Files.Describe(),
            .. State.Current.Describe(),
        ];
}
