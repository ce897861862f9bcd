<?xml version="1.0" encoding="UTF-8"?>
<tileset version="1.10" tiledversion="1.11.0" name="terrain" tilewidth="96" tileheight="96" tilecount="4" columns="4">
 <image source="../sprites/terrain.svg" width="384" height="96"/>
 <tile id="0">
  <properties>
   <property name="terrain" value="open"/>
  </properties>
 </tile>
 <tile id="1">
  <properties>
   <property name="terrain" value="paved"/>
  </properties>
 </tile>
 <tile id="2">
  <properties>
   <property name="terrain" value="rock"/>
  </properties>
 </tile>
 <tile id="3">
  <properties>
   <property name="terrain" value="water"/>
  </properties>
 </tile>
</tileset>
