BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Get-BridgeContainer' {
    BeforeAll {
        New-BridgeNetwork n1, n2 | Out-Null
        New-BridgeContainer web1, web2, db n1 | Out-Null
        Connect-BridgeNetwork n2 web1 | Out-Null
    }
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    It 'returns BridgeContainer objects by name, as its OutputType says' {
        (Get-Command Get-BridgeContainer).OutputType.Name | Should -Be BridgeNet.Model.BridgeContainer
        Get-BridgeContainer | Should -BeOfType BridgeNet.Model.BridgeContainer
        (Get-BridgeContainer).Name | Should -Be db, web1, web2
    }

    It 'finds by name, wildcard, id and prefix of an id' {
        $container = Get-BridgeContainer web1
        (Get-BridgeContainer web*).Name | Should -Be web1, web2
        (Get-BridgeContainer db, web2).Name | Should -Be db, web2
        (Get-BridgeContainer $container.Id).Name | Should -Be web1
        (Get-BridgeContainer $container.ShortId).Name | Should -Be web1
    }

    It 'accepts names by value and by property name' {
        ('db', 'web*' | Get-BridgeContainer).Name | Should -Be db, web1, web2
        ([pscustomobject]@{ Name = 'db' } | Get-BridgeContainer).Name | Should -Be db
    }

    It 'says that an exact name is not there; a wildcard that matches nothing is no error' {
        (Get-BridgeContainer nosuch, db -ErrorVariable problem -ErrorAction SilentlyContinue).Name | Should -Be db
        $problem.FullyQualifiedErrorId | Should -Be 'ContainerNotFound,BridgeNet.Commands.GetBridgeContainerCommand'
        { Get-BridgeContainer nosuch* -ErrorAction Stop } | Should -Not -Throw
    }

    It 'shows a table that keeps its columns on a narrow terminal' {
        $lines = Get-BridgeContainer web1 | Show
        $lines[0] | Should -Match '^CONTAINER ID +NAME +STATUS +NETWORKS +PORTS +NETNS *$'
        $lines[2] | Should -Match "^$((Get-BridgeContainer web1).ShortId) +web1 +running +n1, n2 +/\S+/web1 *$"
        (Get-BridgeContainer | Out-String -Width 80 -Stream)[1] -replace '\e\[[0-9;]*m' | Should -Match '^CONTAINER ID +NAME +STATUS +NETWORKS +PORTS +NETNS *$'
    }

    It 'comes back from Export-Clixml and is still shown as a container' {
        $file = Join-Path $TestDrive containers.xml
        Get-BridgeContainer web1 | Export-Clixml $file
        (Import-Clixml $file | Show)[0] | Should -Match '^CONTAINER ID +NAME +STATUS +NETWORKS +PORTS +NETNS *$'
    }

    It 'says dead when the process has ended' {
        $stranger = Start-Stranger
        Connect-BridgeNetwork n1 -ProcessId $stranger.Id -Container stranger | Out-Null
        (Get-BridgeContainer stranger).Status | Should -Be running
        $stranger | Stop-Process -PassThru | Wait-Process
        (Get-BridgeContainer stranger).Status | Should -Be dead
        Remove-BridgeContainer stranger
    }

    It 'does not select all objects for an unset variable' {
        { Get-BridgeContainer $notSet } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        { Get-BridgeContainer '' } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'completes names' {
        Get-Completion 'Get-BridgeContainer ' | Should -Be db, web1, web2
        Get-Completion 'Get-BridgeContainer w' | Should -Be web1, web2
    }
}
