using BridgeNet.State;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace BridgeNet.Core.Tests.State;

/// <summary>Which folders of private states are removed, whatever the kernel says of their namespaces.</summary>
public sealed class PrivateStatesTests : IDisposable
{
    private const string Boot = "11111111-2222-3333-4444-555555555555",
        OtherBoot = "99999999-2222-3333-4444-555555555555";
    private const string Gone = "gone",
        Living = "living",
        Unknown = "unknown";

    private readonly TemporaryDirectory _states = new();

    public void Dispose() => _states.Dispose();

    [Theory]
    [InlineData($"{OtherBoot}-7", Living, false)]
    [InlineData($"{Boot}-7", Gone, false)]
    [InlineData($"{Boot}-7", Living, true)]
    [InlineData($"{Boot}-7", Unknown, true)]
    [InlineData($"{Boot}-7.removed", Living, false)]
    [InlineData($"{Boot}-x", Gone, true)]
    [InlineData("7", Gone, true)]
    [InlineData("somebody", Gone, true)]
    public void A_folder_with_networks_stays_unless_its_boot_or_its_namespace_is_gone(string name, string space, bool stays)
    {
        string folder = Make(name, space, network: true);
        Clean();
        Assert.Equal(stays, Directory.Exists(folder));
        Assert.Equal(stays ? 1 : 0, Directory.GetFileSystemEntries(_states.Path).Length);
    }

    [Fact]
    public void Without_the_kernels_word_an_empty_one_goes()
    {
        string folder = Make($"{Boot}-7", Unknown, network: false),
            older = Make($"{Boot}-8", space: null, network: false);
        Clean();
        Assert.False(Directory.Exists(folder) || Directory.Exists(older));
    }

    [Theory]
    [InlineData("intent-1.json")]
    [InlineData("netns/c")]
    public void Without_the_kernels_word_one_with_a_change_or_a_container_under_way_stays(string file)
    {
        string path = Path.Combine(Make($"{Boot}-7", Unknown, network: false), file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
        Clean();
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void One_in_use_stays()
    {
        string folder = Make($"{Boot}-7", Gone, network: true);
        using (File.OpenHandle(Path.Combine(folder, "namespace"), FileMode.Open, FileAccess.Read, FileShare.Read))
        {
            Clean();
            Assert.True(Directory.Exists(folder));
        }
        Clean();
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void Using_one_marks_it_until_the_process_ends()
    {
        string folder = _states.File($"{OtherBoot}-7");
        PrivateStates.Use(folder);
        Clean();
        Assert.True(File.Exists(Path.Combine(folder, "namespace")));
    }

    [Fact]
    public void A_symbolic_link_is_neither_followed_nor_removed()
    {
        using TemporaryDirectory elsewhere = new();
        File.WriteAllText(elsewhere.File("kept"), "");
        Directory.CreateSymbolicLink(_states.File($"{OtherBoot}-7"), elsewhere.Path);
        Clean();
        Assert.Equal([elsewhere.File("kept")], Directory.GetFileSystemEntries(elsewhere.Path));
        Assert.Single(Directory.GetFileSystemEntries(_states.Path));
    }

    [Fact]
    public void Many_are_removed_by_several_commands()
    {
        for (int cookie = 0; cookie < 100; cookie++)
            Directory.CreateDirectory(_states.File($"{OtherBoot}-{cookie}"));
        Clean();
        Assert.InRange(Directory.GetDirectories(_states.Path).Length, 1, 99);
        for (int command = 0; command < 3; command++)
            Clean();
        Assert.Empty(Directory.GetDirectories(_states.Path));
    }

    [Fact]
    public async Task Processes_that_use_and_remove_the_same_folder_at_once_never_lose_it_while_in_use()
    {
        string folder = _states.File($"{Boot}-7");
        for (int round = 0; round < 50; round++)
        {
            Make(Path.GetFileName(folder), Unknown, network: false);
            Task cleaner = Task.Run(Clean, TestContext.Current.CancellationToken);
            using SafeFileHandle? mark = PrivateStates.TryHold(folder);
            await cleaner;
            Assert.NotNull(mark);
            Assert.True(File.Exists(Path.Combine(folder, "namespace")));
        }
    }

    private void Clean() =>
        PrivateStates.RemoveGone(
            Directory.GetDirectories(_states.Path),
            Boot,
            static space =>
                space switch
                {
                    Gone => false,
                    Living => true,
                    _ => null,
                }
        );

    private string Make(string name, string? space, bool network)
    {
        string folder = _states.File(name);
        using (SqliteStateStore store = SqliteStateStore.Open(folder))
        {
            if (network)
                Rows.Write(store, static change => change.Put(Rows.Network("a", 1)));
        }
        if (space is not null)
            File.WriteAllText(Path.Combine(folder, "namespace"), space);
        return folder;
    }
}
