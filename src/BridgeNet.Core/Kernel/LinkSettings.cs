using System.Net.Sockets;
using System.Text.Json.Serialization;
using BridgeNet.Model;

namespace BridgeNet.Kernel;

/// <summary>A kernel setting by its path below <c>/proc/sys</c>.</summary>
/// <param name="Key">The path.</param>
/// <param name="Value">Its value.</param>
/// <param name="Otherwise">The value to restore when the setting is removed; null if the setting disappears with the link.</param>
internal sealed record Setting(string Key, string Value, string? Otherwise = null)
{
    /// <summary>
    /// Whether a user requested it, so that it must exist; otherwise a kernel without the setting, such as one without IPv6, needs none.
    /// </summary>
    public bool Asked { get; init; }

    /// <summary>
    /// Whether the owner of an adopted bridge had already set it: then it is left unchanged, also if the owner changes it.
    /// </summary>
    [JsonIgnore]
    public bool IsPreset { get; init; }

    /// <summary>
    /// The setting, with its value, that must hold for this one to matter; null for none. Used only when settings are compared.
    /// </summary>
    [JsonIgnore]
    public Setting? While { get; init; }

    /// <summary>Name and value, as sysctl(8) accepts them: with slashes if the name of the interface contains a dot.</summary>
    public string Words => $"{Name}={Value}";

    /// <summary>The name, as sysctl(8) accepts it.</summary>
    public string Name => Key.Contains('.', StringComparison.Ordinal) ? Key : Key.Replace('/', '.');

    /// <summary>Whether the kernel's value equals this one; the kernel prints several numbers with tabs between them.</summary>
    public bool IsValue(string now) =>
        Value
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .SequenceEqual(now.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The same setting for another link.</summary>
    public Setting Of(string link, string other) =>
        link == other ? this : this with { Key = Key.Replace($"/{link}/", $"/{other}/", StringComparison.Ordinal) };

    /// <summary>Writes the setting in the calling thread's namespace.</summary>
    /// <param name="sysctl">Kernel settings.</param>
    /// <exception cref="BridgeNetException">InvalidOption: the kernel rejects the setting.</exception>
    public void Write(ISysctl sysctl)
    {
        try
        {
            if (Asked && sysctl.Read(Key) is null && !Key.StartsWith("net/ipv6/", StringComparison.Ordinal))
                throw new FileNotFoundException();
            sysctl.TryWrite(Key, Value);
        }
        catch (Exception failure) when (Asked && failure is IOException or UnauthorizedAccessException)
        {
            throw new BridgeNetException(
                ErrorIds.InvalidOption,
                ProblemCategory.InvalidArgument,
                $"The kernel setting {Name} cannot be set to '{Display.Of(Value)}': {(failure is FileNotFoundException ? "no setting has this name" : failure.Message)}.",
                Name,
                failure
            );
        }
    }
}

/// <summary>Settings of one link, which are written together.</summary>
/// <param name="Place">The namespace of the link.</param>
/// <param name="Mark">Identifies the link.</param>
/// <param name="What">The purpose, which distinguishes several groups of settings of a link.</param>
/// <param name="Settings">The settings.</param>
internal sealed record LinkSettings(Place Place, LinkMark Mark, string What, IReadOnlyList<Setting> Settings) : KernelObject
{
    /// <inheritdoc/>
    public override string Key => $"{Place.Container?.Id} {What} of {Mark.Name}";

    /// <inheritdoc cref="LinkUp.With"/>
    public string? With { get; init; }

    /// <inheritdoc/>
    public override string? Parent => With ?? Mark.LinkKey;

    /// <inheritdoc/>
    public override Stage Stage =>
        Place.Container is not null ? Stage.InsideSettings
        : Mark.Kind == "veth" ? Stage.Port
        : Stage.BridgeSettings;

    /// <inheritdoc/>
    public override Place Where => Place;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) =>
        [$"{Place.Sysctl} -w {string.Join(' ', Settings.Select(static setting => setting.Words))}"];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => Back().Words(null);

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before)
    {
        // A setting is written by its path, so to whatever link has the name: check the link immediately before.
        kernel.Require(Place, Mark);
        kernel.Run(
            Place,
            () =>
            {
                foreach (Setting setting in Settings)
                    setting.Write(kernel.Sysctl);
            }
        );
    }

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel)
    {
        if (kernel.Find(Place, Mark) is not null && Back() is { Settings.Count: > 0 } back)
            back.Make(kernel, this);
    }

    /// <inheritdoc/>
    public bool Equals(LinkSettings? other) =>
        other is not null
        && Key == other.Key
        && Settings.Select(static setting => setting.Words).SequenceEqual(other.Settings.Select(static setting => setting.Words));

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual)
    {
        if (actual.Find(Place, Mark) is not { } link || actual.In(Place) is not { } facts)
            yield break;
        bool Counts(Setting setting) =>
            !setting.IsPreset && (setting.While is null || facts.Setting(setting.While.Key) == setting.While.Value);
        // The last value of a key wins, as when they were written. A missing setting is no error here, because the kernel accepted it once.
        foreach (
            Setting wanted in Settings
                .Reverse()
                .DistinctBy(static setting => setting.Key)
                .Reverse()
                .Where(Counts)
                .Select(static setting => setting with { Asked = false })
        )
        {
            if (facts.Setting(wanted.Of(Mark.Name, link.Name).Key) is { } now && !wanted.IsValue(now))
                yield return new(
                    DriftKind.Sysctl,
                    wanted.Name,
                    wanted.Value,
                    now,
                    new LinkSettings(Place, actual.Known(Place, Mark), wanted.Key, [wanted])
                );
        }
    }

    private LinkSettings Back() =>
        this with
        {
            Settings =
            [
                .. Settings
                    .Where(static setting => setting.Otherwise is not null)
                    .Select(static setting => setting with { Value = setting.Otherwise! }),
            ],
        };
}

/// <summary>A kernel setting of the host that all networks share.</summary>
/// <param name="Setting">The setting.</param>
internal sealed record HostSetting(Setting Setting) : KernelObject
{
    /// <summary>The address family of the setting.</summary>
    public AddressFamily Family =>
        Setting.Key.StartsWith("net/ipv6/", StringComparison.Ordinal) ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;

    /// <inheritdoc/>
    public override string Key => Setting.Key;

    /// <inheritdoc/>
    public override Stage Stage => Stage.Forwarding;

    /// <inheritdoc/>
    public override IEnumerable<string> Words(KernelObject? before) => [$"sysctl -w {Setting.Words}"];

    /// <inheritdoc/>
    public override IEnumerable<string> RemovalWords() => [$"sysctl -w {Setting.Name}={Setting.Otherwise}"];

    /// <inheritdoc/>
    public override void Make(KernelAccess kernel, KernelObject? before) => Setting.Write(kernel.Sysctl);

    /// <inheritdoc/>
    public override void Remove(KernelAccess kernel) => kernel.Sysctl.TryWrite(Setting.Key, Setting.Otherwise!);

    /// <inheritdoc/>
    public override IEnumerable<Deviation> Compare(ActualState actual) =>
        actual.Host.Setting(Setting.Key) == Setting.Otherwise
            ? [new(DriftKind.Sysctl, Setting.Name, Setting.Value, Setting.Otherwise!, this)]
            : [];
}
