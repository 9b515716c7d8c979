BeforeAll { . $PSScriptRoot/Lab.ps1 }

Describe 'Get-BridgeEndpoint' {
    BeforeAll {
        New-BridgeNetwork web -Subnet 10.50.0.0/16 | Out-Null
        New-BridgeNetwork db -Subnet 10.51.0.0/16 | Out-Null
        New-BridgeContainer a1, a2 web | Out-Null
        New-BridgeContainer b1 db | Out-Null
        Connect-BridgeNetwork web b1 | Out-Null
    }
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    It 'returns BridgeEndpoint objects, as its OutputType says' {
        (Get-Command Get-BridgeEndpoint).OutputType.Name | Should -Be BridgeNet.Model.BridgeEndpoint
        Get-BridgeEndpoint | Should -BeOfType BridgeNet.Model.BridgeEndpoint
        Get-BridgeEndpoint | Should -HaveCount 4
    }

    It 'chooses by network and by container: names, wildcards, prefixes of ids' {
        (Get-BridgeEndpoint web).ContainerName | Should -Be a1, a2, b1
        (Get-BridgeEndpoint -Network w*, db -Container b*).NetworkName | Should -Be db, web
        (Get-BridgeEndpoint (Get-BridgeNetwork db).ShortId).ContainerName | Should -Be b1
        (Get-BridgeEndpoint -Container (Get-BridgeContainer a2).ShortId).ContainerName | Should -Be a2
    }

    It 'accepts containers by value and by property name' {
        ('a1' | Get-BridgeEndpoint).ContainerName | Should -Be a1
        (Get-BridgeContainer a* | Get-BridgeEndpoint).ContainerName | Should -Be a1, a2
    }

    It 'accepts networks from the pipeline' {
        (Get-BridgeNetwork web, db | Get-BridgeEndpoint | ForEach-Object { "$_" }) | Should -Be 'a1 on web', 'a2 on web', 'b1 on web', 'b1 on db'
    }

    It 'says which network or container is not there' {
        { Get-BridgeEndpoint nosuch -ErrorAction Stop } | Should -Throw -ErrorId 'NetworkNotFound,BridgeNet.Commands.GetBridgeEndpointCommand'
        { Get-BridgeEndpoint -Container nosuch -ErrorAction Stop } | Should -Throw -ErrorId 'ContainerNotFound,BridgeNet.Commands.GetBridgeEndpointCommand'
        { Get-BridgeEndpoint nosuch* -Container nosuch* -ErrorAction Stop } | Should -Not -Throw
        Get-BridgeEndpoint nosuch* | Should -BeNullOrEmpty
    }

    It 'shows a table' {
        $lines = Get-BridgeEndpoint -Container a1 | Show
        $lines[0] | Should -Match '^NETWORK +CONTAINER +INTERFACE +IP ADDRESS +MAC ADDRESS +HOST INTERFACE *$'
        $lines[2] | Should -Match '^web +a1 +eth0 +10\.50\.0\.2/16 +02:42:0a:32:00:02 +veth\w+ *$'
    }

    It 'comes back from Export-Clixml and is still shown as an endpoint' {
        $file = Join-Path $TestDrive endpoints.xml
        Get-BridgeEndpoint -Container a1 | Export-Clixml $file
        (Import-Clixml $file | Show)[2] | Should -Match '^web +a1 +eth0 +10\.50\.0\.2/16 +02:42:0a:32:00:02 +veth\w+ *$'
    }

    It 'sorts by address as a number would, and exports' {
        (Get-BridgeEndpoint web | Sort-Object -Descending).ContainerName | Should -Be b1, a2, a1
        (Get-BridgeEndpoint web | Select-Object ContainerName, IPAddress, MacAddress | ConvertTo-Csv)[1] | Should -Be '"a1","10.50.0.2","02:42:0a:32:00:02"'
    }

    It 'completes networks and containers' {
        Get-Completion 'Get-BridgeEndpoint w' | Should -Be web
        Get-Completion 'Get-BridgeEndpoint -Container a' | Should -Be a1, a2
    }
}
